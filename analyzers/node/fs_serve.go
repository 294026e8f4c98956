package node

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func fsStatic() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-static", Category: model.CategoryFS, Severity: model.Info,
		Title: "Static files served by the app",
		What:  "express.static, serve-static, koa-static, @fastify/static and their like.",
		Why: "They work unmodified: the folder's files are packed with the Worker. Each request runs the app and is billed, which requests for " +
			"Workers assets are not, and all files count towards the size of the Worker.",
		Remedy:      "Nothing has to be done. Folders that need no code of the app's are cheaper and faster as assets.",
		Bad:         "const express = require('express');\nconst app = express();\napp.use(express.static('public'));\n",
		Good:        "const express = require('express');\nconst app = express();\napp.use(express.json());\n",
		Since:       checked,
		Probe:       "fs-static",
		Links:       []string{"https://developers.cloudflare.com/workers/static-assets/"},
		Mentions:    append(analysis.Imports("serve-static", "koa-static", "@fastify/static", "fastify-static", "serve-handler", "sirv", "koa-send", "@nestjs/serve-static"), ".static", "useStaticAssets", "sendFile"),
		CheckModule: checkFSStatic,
	}
}

// staticServers are middleware that serves a folder, by the argument or option that names it.
var staticServers = set("express.static", "serve-static", "koa-static", "sirv", "serve-handler", "koa-mount-static", "@nestjs/serve-static.ServeStaticModule.forRoot",
	"@hono/node-server/serve-static.serveStatic")

func checkFSStatic(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		folder := c.Arg(0)
		switch {
		case staticServers[c.Callee]:
		case c.Method == "register" && (c.Arg(0).Text == "@fastify/static" || c.Arg(0).Text == "fastify-static"):
			folder = c.Arg(1).Fields["root"]
		default:
			continue
		}
		at := locate(p.ServicePass, folder)
		what := "files"
		if at.path != "" {
			what = at.path
		}
		p.Report(c.Span, fmt.Sprintf("%s serves %s through the app; it works, and each request runs the Worker", code(c), what),
			"Nothing has to be done; assets are cheaper for folders that need no code.", model.Need{Kind: model.NeedFiles, Detail: at.path})
	}
}

func fsUpload() *analysis.Rule {
	return &analysis.Rule{
		Name: "fs-upload", Category: model.CategoryFS, Severity: model.Major,
		Title: "Uploads that are stored on disk",
		What:  "Upload middleware that writes files: multer with dest or diskStorage, formidable with uploadDir, express-fileupload with temporary files.",
		Why: "What is uploaded to a volume is kept in the Durable Object's storage. Elsewhere it lies in the memory of the process and is lost " +
			"when the object restarts.",
		Remedy: "Mount a volume at the folder, or store uploads in R2. Uploads to a volume need nothing.",
		Bad:    "const multer = require('multer');\nmodule.exports = multer({ dest: '/app/uploads' });\n",
		Good:   "const multer = require('multer');\nmodule.exports = multer({ storage: multer.memoryStorage() });\n",
		Since:  checked,
		Probe:  "fs-write",
		Links:  []string{"https://developers.cloudflare.com/r2/"},
		Mentions: analysis.Imports("multer", "fastify-multer", "@koa/multer", "koa-multer", "formidable", "express-formidable", "express-fileupload", "koa-body",
			"@nestjs/platform-express"),
		CheckModule: checkFSUpload,
	}
}

// uploads are calls of upload packages, by the option that names the folder.
var uploads = map[string][]string{
	"multer": {"dest"}, "multer.diskStorage": {"destination"}, "fastify-multer": {"dest"}, "fastify-multer.diskStorage": {"destination"},
	"@koa/multer": {"dest"}, "@koa/multer.diskStorage": {"destination"}, "koa-multer": {"dest"},
	"formidable": {"uploadDir"}, "formidable.IncomingForm": {"uploadDir"}, "formidable.formidable": {"uploadDir"}, "express-formidable": {"uploadDir"},
	"express-fileupload": {"tempFileDir"}, "koa-body": {"formidable", "uploadDir"}, "koa-body.koaBody": {"formidable", "uploadDir"},
	"@nestjs/platform-express.FileInterceptor": {"dest"}, "@nestjs/platform-express.MulterModule.register": {"dest"},
}

func checkFSUpload(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		options, ok := uploads[c.Callee]
		if !ok {
			continue
		}
		folder, named := optionOf(c, options)
		if !named {
			continue
		}
		at := locate(p.ServicePass, folder)
		need := model.Need{Kind: model.NeedDisk, Detail: at.path}
		switch at.keeping {
		case keptByVolume:
			p.Report(c.Span, fmt.Sprintf("%s stores uploads in %s, a volume that is kept in the Durable Object's storage", code(c), at.path), "Nothing has to be done.", need).Severity = model.Info
		case keptForRun:
			p.Report(c.Span, fmt.Sprintf("%s stores uploads in %s, which is memory of the isolate", code(c), at.path), "Keep uploads small, or store them in R2.", need).Severity = model.Minor
		case keptUnknown:
			p.Report(c.Span, fmt.Sprintf("%s stores uploads in a folder that is computed; outside of volumes they are lost when the Durable Object restarts", code(c)),
				"Make sure that the folder lies in a volume, or store uploads in R2.", need).Severity = model.Minor
		default:
			p.Report(c.Span, fmt.Sprintf("%s stores uploads in %s, which no volume keeps; they are lost when the Durable Object restarts", code(c), at.path), "Mount a volume there, or store uploads in R2.", need)
		}
	}
}

// optionOf follows option names into the objects among the arguments.
func optionOf(c *syntax.Call, names []string) (syntax.Value, bool) {
	for _, v := range c.Args {
		found := true
		for _, name := range names {
			if v, found = v.Fields[name]; !found {
				break
			}
		}
		if found {
			return v, true
		}
	}
	return syntax.Value{}, false
}

func templateFromDisk() *analysis.Rule {
	return &analysis.Rule{
		Name: "template-from-disk", Category: model.CategoryTemplates, Severity: model.Info,
		Title: "Templates that are read and compiled at run time",
		What:  "View engines that read template files when a page is rendered: ejs, pug, handlebars, nunjucks, eta and their integrations.",
		Why: "The template files are packed with the Worker. Workers refuse to make code from strings while a request is served (\"Code generation " +
			"from strings disallowed for this context\"), which these engines live on; the runtime interprets the compiled template instead.",
		Remedy:      "Nothing has to be done. Rendering is slower than in Node: keep template caching on, and compile heavy templates ahead.",
		Bad:         "const express = require('express');\nconst app = express();\napp.set('view engine', 'ejs');\n",
		Good:        "const express = require('express');\nconst app = express();\napp.set('trust proxy', true);\n",
		Since:       checked,
		Probe:       "code-generation-package",
		Mentions:    append(analysis.Imports(templatePackages()...), "view engine", "setBaseViewsDir", "setViewEngine"),
		CheckModule: checkTemplates,
	}
}

func templatePackages() []string {
	return []string{"ejs", "pug", "handlebars", "nunjucks", "eta", "express-handlebars", "hbs", "koa-views", "@ladjs/koa-views", "consolidate", "@fastify/view", "point-of-view", "dot", "swig", "koa-ejs", "@koa/ejs"}
}

// templateReaders are calls that render or set up templates that lie on disk.
var templateReaders = set("ejs.renderFile", "pug.renderFile", "pug.compileFile", "nunjucks.configure", "nunjucks.render", "koa-views", "@ladjs/koa-views", "koa-ejs", "@koa/ejs",
	"express-handlebars", "express-handlebars.engine", "express-handlebars.create", "hbs.registerPartials", "eta.Eta", "eta.renderFile")

func checkTemplates(p *analysis.ModulePass) {
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		switch {
		case templateReaders[c.Callee], c.Method == "setViewEngine",
			c.Method == "set" && c.Arg(0).Kind == syntax.String && c.Arg(0).Text == "view engine",
			c.Method == "register" && (c.Arg(0).Text == "@fastify/view" || c.Arg(0).Text == "point-of-view"):
			p.Report(c.Span, fmt.Sprintf("%s has templates read from the image and compiled while requests are served; the runtime interprets them", code(c)),
				"Nothing has to be done; keep template caching on.", model.Need{Kind: model.NeedCodeGeneration}, model.Need{Kind: model.NeedFiles})
		}
	}
}
