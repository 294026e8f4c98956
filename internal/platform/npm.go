package platform

// NativePackage is an npm package that is machine code or needs it.
type NativePackage struct {
	// Mended tells that the build replaces it, so that nothing has to be done.
	Mended bool
	// Optional tells that the packages which use it do without when it cannot be loaded.
	Optional bool
	// Instead says what takes its place.
	Instead string
}

// NativePackages are addons by package name: a compiled .node file that an isolate cannot load. Read from the packages'
// own documentation on 2026-11-21; what Mended says is what templates/packages/build replaces.
func NativePackages() map[string]NativePackage {
	instead := func(text string) NativePackage { return NativePackage{Instead: text} }
	return map[string]NativePackage{
		"bcrypt":          {Mended: true, Instead: "bcryptjs, the same algorithm and functions in JavaScript"},
		"bufferutil":      {Optional: true, Instead: "nothing: ws does the same in JavaScript"},
		"utf-8-validate":  {Optional: true, Instead: "nothing: ws does the same in JavaScript"},
		"fsevents":        {Optional: true, Instead: "nothing: it is for macOS only"},
		"cpu-features":    {Optional: true, Instead: "nothing: ssh2 does without"},
		"hiredis":         {Optional: true, Instead: "nothing: the Redis clients parse in JavaScript"},
		"argon2":          instead("hash-wasm, which checks the same hashes"),
		"@node-rs/argon2": instead("hash-wasm, which checks the same hashes"),
		"@node-rs/bcrypt": instead("bcryptjs"),
		"scrypt":          instead("crypto.scrypt of Node"),
		"pg-native":       instead("pg without native bindings"),
		"libpq":           instead("pg"),
		"oracledb":        instead("the database's HTTP interface, or a container"),
		"ibm_db":          instead("a container"),
		"odbc":            instead("a container"),
		"msnodesqlv8":     instead("mssql with tedious"),
		"couchbase":       instead("a container"),
		"node-rdkafka":    instead("kafkajs"),
		"zeromq":          instead("a queue"),
		"leveldown":       instead("Durable Object storage or KV"),
		"classic-level":   instead("Durable Object storage or KV"),
		"rocksdb":         instead("Durable Object storage or KV"),
		"lmdb":            instead("Durable Object storage or KV"),
		"node-sass":       instead("sass, at build time"),
		"node-pty":        instead("a container"),
		"serialport":      instead("a container near the device"),
		"usb":             instead("a container near the device"),
		"robotjs":         instead("nothing: there is no screen"),
		"libxmljs":        instead("fast-xml-parser"),
		"libxmljs2":       instead("fast-xml-parser"),
		"node-expat":      instead("sax"),
		"sodium-native":   instead("libsodium-wrappers"),
		// Brings sodium-native.
		"@fastify/secure-session": instead("@fastify/session, whose cookies node:crypto signs"),
		"snappy":                  instead("snappyjs"),
		"re2":                     instead("RegExp, with care for slow patterns"),
		"iconv":                   instead("iconv-lite"),
		"mmmagic":                 instead("file-type"),
		"farmhash":                instead("a hash of node:crypto"),
		"microtime":               instead("performance.now()"),
		"isolated-vm":             instead("a Worker of its own for the foreign code"),
		"deasync":                 instead("async functions"),
		"ffi-napi":                instead("a container"),
		"ref-napi":                instead("a container"),
		"nodegit":                 instead("isomorphic-git"),
		"node-libcurl":            instead("fetch"),
		"tree-sitter":             instead("web-tree-sitter"),
		"segfault-handler":        instead("nothing: an isolate has no signals"),
		"heapdump":                instead("the heap profiles of the platform's developer tools"),
	}
}

// HeavyPackage is an npm package whose work is large for an isolate.
type HeavyPackage struct {
	// Runs tells that it runs in an isolate at all, within its memory and CPU time.
	Runs bool
	// Why it does not run, or what it costs, as a clause after the package's name.
	Why string
	// Instead says what takes its place.
	Instead string
}

// HeavyPackages are packages for images, video, documents, browsers and machine learning, by name. Read from the packages'
// own documentation on 2026-11-21.
func HeavyPackages() map[string]HeavyPackage {
	never := func(why, instead string) HeavyPackage { return HeavyPackage{Why: why, Instead: instead} }
	runs := func(why, instead string) HeavyPackage { return HeavyPackage{Runs: true, Why: why, Instead: instead} }
	const addon, program, browser = "is a native addon, which an isolate cannot load", "starts another program, which Workers cannot", "starts a browser, which Workers cannot"
	const memory = "holds its whole input in the isolate's 128 MB and uses much CPU time"
	return map[string]HeavyPackage{
		"sharp":                 never(addon, "Cloudflare Images (the Images binding), or a container"),
		"canvas":                never(addon, "a container, or a renderer in WebAssembly"),
		"@napi-rs/canvas":       never(addon, "a container, or a renderer in WebAssembly"),
		"gm":                    never(program, "Cloudflare Images (the Images binding)"),
		"imagemagick":           never(program, "Cloudflare Images (the Images binding)"),
		"fluent-ffmpeg":         never(program, "Cloudflare Stream or Media Transformations, or a container"),
		"ffmpeg-static":         never(program, "Cloudflare Stream or Media Transformations, or a container"),
		"puppeteer":             never(browser, "@cloudflare/puppeteer with Browser Rendering"),
		"puppeteer-core":        never(browser, "@cloudflare/puppeteer with Browser Rendering"),
		"playwright":            never(browser, "@cloudflare/playwright with Browser Rendering"),
		"playwright-core":       never(browser, "@cloudflare/playwright with Browser Rendering"),
		"playwright-chromium":   never(browser, "@cloudflare/playwright with Browser Rendering"),
		"selenium-webdriver":    never(browser, "Browser Rendering"),
		"html-pdf":              never(browser, "Browser Rendering, which prints PDF"),
		"html-pdf-node":         never(browser, "Browser Rendering, which prints PDF"),
		"wkhtmltopdf":           never(program, "Browser Rendering, which prints PDF"),
		"@tensorflow/tfjs-node": never(addon, "Workers AI, or a container"),
		"onnxruntime-node":      never(addon, "Workers AI, or a container"),
		"tesseract.js":          never("runs in threads, which an isolate has not", "Workers AI, or a container"),
		"@tensorflow/tfjs":      runs(memory, "Workers AI"),
		"jimp":                  runs(memory, "Cloudflare Images (the Images binding) for large pictures"),
		"pdfkit":                runs(memory, "Browser Rendering for long documents"),
		"pdfmake":               runs(memory, "Browser Rendering for long documents"),
		"pdf-lib":               runs(memory, "a queue's consumer for long documents"),
		"pdf-parse":             runs(memory, "a queue's consumer for long documents"),
		"exceljs":               runs(memory, "its streaming writer, or a queue's consumer"),
		"xlsx":                  runs(memory, "CSV as a stream, or a queue's consumer"),
		"archiver":              runs("compresses within the request's CPU time", "a queue's consumer for large archives"),
	}
}
