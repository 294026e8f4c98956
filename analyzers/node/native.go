package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func nativeAddon() *analysis.Rule {
	return &analysis.Rule{
		Name: "native-addon", Category: model.CategoryNative, Severity: model.Blocker,
		Title: "Native addon",
		What:  "An import of a package that is machine code: argon2, pg-native, node-rdkafka, libxmljs and others.",
		Why: "An isolate loads JavaScript and WebAssembly, no .node files: the import fails as if the package were not installed. The build replaces " +
			"bcrypt by bcryptjs, and packages that only speed others up are left out without harm.",
		Remedy:      "Use the package in JavaScript or WebAssembly that the finding names, or keep the service in a container.",
		Bad:         "const argon2 = require('argon2');\nmodule.exports = (password) => argon2.hash(password);\n",
		Good:        "const bcrypt = require('bcryptjs');\nmodule.exports = (password) => bcrypt.hash(password, 10);\n",
		Since:       checked,
		Probe:       "native-addon",
		Mentions:    analysis.Imports(names(platform.NativePackages())...),
		CheckModule: checkNativeAddon,
	}
}

func checkNativeAddon(p *analysis.ModulePass) {
	known := platform.NativePackages()
	importedPackages(p, func(name string, at syntax.Import) {
		native, ok := known[name]
		switch {
		case !ok:
		case native.Mended:
			p.Report(at.Span, fmt.Sprintf("%s is a native addon; the build puts %s in its place", name, native.Instead), "Nothing has to be done.").Severity = model.Info
		case native.Optional, at.Optional:
			p.Report(at.Span, fmt.Sprintf("%s is a native addon and cannot be loaded; what imports it can do without", name), "Nothing has to be done.").Severity = model.Info
		default:
			p.Report(at.Span, fmt.Sprintf("%s is a native addon, which an isolate cannot load", name), "Use "+native.Instead+".",
				model.Need{Kind: model.NeedNative, Detail: "addon", Package: name})
		}
	})
}

func heavyPackage() *analysis.Rule {
	return &analysis.Rule{
		Name: "heavy-package", Category: model.CategoryCPU, Severity: model.Blocker,
		Title: "Package for images, video, documents, browsers or models",
		What:  "An import of sharp, canvas, puppeteer, fluent-ffmpeg, tfjs-node, jimp, pdfkit and their like.",
		Why: "Those that are machine code, or start a browser or another program, cannot run. Those in JavaScript do, within 128 MB of memory and the " +
			"CPU time of a request (10 ms on the free plan, 30 s by default on the paid one).",
		Remedy:      "Use the service that the finding names: Images, Stream, Browser Rendering, Workers AI. Else keep this part in a container.",
		Links:       []string{"https://developers.cloudflare.com/workers/platform/limits/", "https://developers.cloudflare.com/browser-rendering/", "https://developers.cloudflare.com/images/"},
		Bad:         "const sharp = require('sharp');\nmodule.exports = (file) => sharp(file).resize(200).toBuffer();\n",
		Good:        "module.exports = (env, stream) => env.IMAGES.input(stream).transform({ width: 200 });\n",
		Since:       checked,
		Mentions:    analysis.Imports(names(platform.HeavyPackages())...),
		CheckModule: checkHeavyPackage,
	}
}

func checkHeavyPackage(p *analysis.ModulePass) {
	known := platform.HeavyPackages()
	importedPackages(p, func(name string, at syntax.Import) {
		heavy, ok := known[name]
		if !ok {
			return
		}
		f := p.Report(at.Span, fmt.Sprintf("%s %s", name, heavy.Why), "Use "+heavy.Instead+".")
		switch {
		case heavy.Runs:
			f.Severity = model.Minor
		case at.Optional:
			f.Severity = model.Minor
		default:
			f.Needs = []model.Need{{Kind: model.NeedNative, Detail: "package", Package: name}}
		}
	})
}

func codeGeneration() *analysis.Rule {
	return &analysis.Rule{
		Name: "code-generation", Category: model.CategoryTemplates, Severity: model.Major,
		Title: "Code that is made from strings",
		What:  "eval, new Function and node:vm in the app's own code.",
		Why: "Workers refuse to make code from strings while they serve (\"Code generation from strings disallowed for this context\"). The runtime " +
			"interprets it, which is slower: what `new Function` and node:vm make behaves as on Node.js, without vm's time limits. eval does not see the " +
			"variables around it, only global ones. vm's modules and vm2 throw.",
		Remedy:      "Replace eval by JSON.parse, a table of functions, an expression parser, or `new Function` with parameters. The others need nothing.",
		Bad:         "module.exports = (text) => eval('(' + text + ')');\n",
		Good:        "module.exports = (text) => JSON.parse(text);\n",
		Since:       checked,
		Probe:       "code-generation",
		Mentions:    append(analysis.Imports("vm", "node:vm", "vm2"), "eval(", "Function("),
		CheckModule: checkCodeGeneration,
	}
}

// interpreted are calls that run text as code, by the runtime's interpreter; uninterpreted are those it cannot serve.
var (
	interpreted   = set("Function", "node:vm.runInNewContext", "node:vm.runInThisContext", "node:vm.runInContext", "node:vm.Script", "node:vm.compileFunction")
	uninterpreted = set("node:vm.SourceTextModule", "vm2.VM", "vm2.NodeVM")
)

func checkCodeGeneration(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		need := model.Need{Kind: model.NeedCodeGeneration}
		switch {
		case uninterpreted[c.Callee]:
			p.Report(c.Span, fmt.Sprintf("%s runs text as code, which Workers refuse while they serve", code(c)), "Replace it by an expression parser, or by `new Function`.",
				model.Need{Kind: model.NeedNative, Detail: "eval"}).Severity = model.Blocker
		case c.Callee == "eval" && c.Arg(0).Text != "require":
			p.Report(c.Span, fmt.Sprintf("%s is interpreted, and does not see the variables around it", code(c)),
				"Replace it by JSON.parse, a table of functions, or `new Function` with parameters.", need)
		case interpreted[c.Callee]:
			p.Report(c.Span, fmt.Sprintf("%s makes code from text; the runtime interprets it, which is slower", code(c)), "Nothing has to be done, unless it runs often.",
				need).Severity = model.Minor
		}
	}
}

func codeGenerationPackage() *analysis.Rule {
	return &analysis.Rule{
		Name: "code-generation-package", Category: model.CategoryTemplates, Severity: model.Info,
		Title: "Package that makes code from strings",
		What:  "Packages known to use new Function: template engines, ajv, fast-json-stringify, morgan, doT.",
		Why: "Workers refuse to make code from strings while they serve. The runtime interprets such functions instead: the results are the same, and " +
			"they take longer.",
		Remedy:      "Nothing has to be done. Compile schemas and templates ahead where rendering or validating is slow.",
		Bad:         "const Ajv = require('ajv');\nmodule.exports = new Ajv().compile({ type: 'string' });\n",
		Good:        "const { z } = require('zod');\nmodule.exports = z.string();\n",
		Since:       checked,
		Probe:       "code-generation-package",
		Mentions:    analysis.Imports(generators()...),
		CheckModule: checkCodeGenerationPackage,
	}
}

// generators are packages that use new Function in what they do.
func generators() []string {
	return []string{"ajv", "fast-json-stringify", "morgan", "ejs", "pug", "handlebars", "nunjucks", "eta", "dot", "swig", "hbs", "express-handlebars", "lodash.template",
		"json-logic-js", "expr-eval", "generate-function", "is-my-json-valid", "protobufjs", "avsc", "hogan.js"}
}

func checkCodeGenerationPackage(p *analysis.ModulePass) {
	known := set(generators()...)
	importedPackages(p, func(name string, at syntax.Import) {
		if known[name] {
			p.Report(at.Span, fmt.Sprintf("%s makes code from strings; the runtime interprets it", name), "Nothing has to be done.", model.Need{Kind: model.NeedCodeGeneration, Package: name})
		}
	})
}
