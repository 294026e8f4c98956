package node

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/platform"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func sqliteFile() *analysis.Rule {
	return &analysis.Rule{
		Name: "sqlite-file", Category: model.CategoryDatastore, Severity: model.Info,
		Title: "SQLite in the process",
		What:  "better-sqlite3, sqlite3, libsql, node:sqlite, and query builders and ORMs told to use SQLite.",
		Why: "The drivers keep their own JavaScript; in place of their compiled parts the runtime has SQLite in WebAssembly. A database's pages are rows " +
			"in the storage of the Durable Object that is the process, in volumes and elsewhere, so it survives restarts and deploys; the object holds 10 GB. " +
			"Databases in memory and in temporary folders are empty after each restart, and an object restarts whenever it was idle for a while. Bun's module is not there.",
		Remedy:      "Nothing has to be done, but to copy what an existing database holds. Keep in a file what must survive.",
		Links:       []string{"https://developers.cloudflare.com/durable-objects/platform/limits/"},
		Bad:         "const Database = require('better-sqlite3');\nmodule.exports = new Database('/data/app.db');\n",
		Good:        "const { Pool } = require('pg');\nmodule.exports = new Pool();\n",
		Since:       checked,
		Probe:       "sqlite-file",
		Mentions:    append(analysis.Imports("better-sqlite3", "sqlite3", "sqlite", "libsql", "@libsql/client", "node:sqlite", "bun:sqlite", "@keyv/sqlite", "connect-sqlite3", "knex", "sequelize", "typeorm"), "sqlite"),
		CheckModule: checkSQLite,
	}
}

// sqliteOpeners are calls that open a database file.
var sqliteOpeners = set("better-sqlite3", "sqlite3.Database", "sqlite3.verbose().Database", "sqlite3.cached.Database", "sqlite.open", "libsql", "node:sqlite.DatabaseSync", "bun:sqlite.Database", "drizzle-orm/better-sqlite3.drizzle",
	"connect-sqlite3", "@keyv/sqlite")

// libsqlClients are calls that open a file where the address says so, and else speak to a server over HTTP.
var libsqlClients = set("@libsql/client.createClient", "drizzle-orm/libsql.drizzle")

func checkSQLite(p *analysis.ModulePass) {
	known := stores()
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		orm := contains(known[packageOf(c.Callee)].makers, c.Callee) && dialectOf(c) == "sqlite"
		local := libsqlClients[c.Callee] && strings.HasPrefix(databaseFile(c).Text, "file:")
		if !sqliteOpeners[c.Callee] && !orm && !local {
			continue
		}
		reportSQLite(p, c)
	}
}

func reportSQLite(p *analysis.ModulePass, c *syntax.Call) {
	file := databaseFile(c)
	at := locate(p.ServicePass, file)
	message, remedy, severity := "%s opens SQLite in the process; the runtime has it, and keeps the database in the Durable Object's storage", "Nothing has to be done.", model.Info
	switch {
	case packageOf(c.Callee) == "bun:sqlite":
		message, remedy, severity = "%s opens SQLite through Bun's own module, which the runtime does not have", "Use better-sqlite3 or node:sqlite.", model.Blocker
	case file.Text == ":memory:":
		message, remedy, severity = "%s opens a database in memory, which is empty after each restart; a Durable Object restarts whenever it was idle", "Open a file if the data must survive.", model.Minor
	case at.keeping == keptForRun:
		message, remedy, severity = "%s opens a database in a temporary folder, which is empty after each restart", "Open a file elsewhere if the data must survive.", model.Minor
	}
	p.Report(c.Span, fmt.Sprintf(message, code(c)), remedy,
		model.Need{Kind: model.NeedSQL, Detail: "sqlite", Package: packageOf(c.Callee)}, model.Need{Kind: model.NeedDisk, Detail: at.path}).Severity = severity
}

// databaseFile is the argument or option that names the file.
func databaseFile(c *syntax.Call) syntax.Value {
	for _, v := range c.Args {
		for _, option := range []string{"filename", "storage", "database", "url"} {
			if file, ok := v.Fields[option]; ok {
				return file
			}
		}
		if file, ok := v.Fields["connection"].Fields["filename"]; ok {
			return file
		}
	}
	return c.Arg(0)
}

func secretInSource() *analysis.Rule {
	return &analysis.Rule{
		Name: "secret-in-source", Category: model.CategorySecrets, Severity: model.Minor,
		Title: "Credential in the source",
		What:  "A password, key or signing secret that is written into the code: of database clients, session middleware and tokens, in connection addresses, and keys of known forms.",
		Why: "The source becomes part of the Worker and of its repository, and everybody who can read one of them can read the credential. " +
			"Changing it needs a deploy.",
		Remedy:      "Read it from the environment, and set it with `wrangler secret put`. Change the credential: it has been published.",
		Links:       []string{"https://developers.cloudflare.com/workers/configuration/secrets/"},
		Bad:         "const jwt = require('jsonwebtoken');\nmodule.exports = (user) => jwt.sign(user, 'Zk3vQ9mX');\n",
		Good:        "const jwt = require('jsonwebtoken');\nmodule.exports = (user) => jwt.sign(user, process.env.JWT_SECRET);\n",
		Since:       checked,
		Mentions:    append(analysis.Imports("jsonwebtoken", "express-session", "cookie-session", "cookie-parser", "jose"), credentialMentions()...),
		CheckModule: checkSecretInSource,
	}
}

// signers are calls by the argument that is a secret.
var signers = map[string]int{"jsonwebtoken.sign": 1, "jsonwebtoken.verify": 1, "cookie-parser": 0, "node:crypto.createHmac": 1}

// credentialTakers are packages, beside the clients of data stores, whose calls take credentials as options. Elsewhere an option
// named password is as often a text about one.
func credentialTakers() []string {
	return []string{"express-session", "cookie-session", "@fastify/session", "@fastify/jwt", "@nestjs/jwt", "passport-jwt", "express-jwt", "koa-jwt", "next-auth", "nodemailer",
		"aws-sdk", "@aws-sdk/client-s3", "@aws-sdk/client-ses", "@aws-sdk/client-sqs", "minio", "cloudinary", "@sendgrid/mail", "mailgun-js", "openai", "firebase-admin", "ldapjs", "ssh2"}
}

// secretOptions are the names of options that hold a credential.
var secretOptions = []string{"password", "secret", "secretKey", "secretOrKey", "secretAccessKey", "apiKey", "accessToken", "authToken", "pass"}

var (
	addressWithPassword = regexp.MustCompile(`^[a-z][a-z0-9+]*://[^/:@\s]*:([^/@\s]+)@`)
	knownKey            = regexp.MustCompile(`^(?:AKIA[0-9A-Z]{16}|sk_live_[0-9A-Za-z]{16,}|gh[pousr]_[0-9A-Za-z]{30,}|xox[abpr]-[0-9A-Za-z-]{20,}|SG\.[\w-]{20,}\.[\w-]{20,}|AIza[0-9A-Za-z_-]{35})$`)
)

func checkSecretInSource(p *analysis.ModulePass) {
	takers := set(append(storePackageNames(), credentialTakers()...)...)
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		what := ""
		if argument, ok := signers[c.Callee]; ok && isCredential(c.Arg(argument)) {
			what = "its secret"
		}
		for _, v := range c.Args {
			if what == "" {
				what = credentialIn(v, 0, takers[packageOf(c.Callee)])
			}
		}
		if what != "" {
			p.Report(c.Span, fmt.Sprintf("%s is given %s as a constant in the source, which becomes part of the Worker", code(c), what), "Read it from the environment, and set it with `wrangler secret put`.")
		}
	}
}

// credentialIn says which credential a value holds, empty when none; options are looked at only where the call takes
// credentials. The value itself is never said.
func credentialIn(v syntax.Value, depth int, options bool) string {
	if v.Kind == syntax.String || v.Kind == syntax.Template {
		if m := addressWithPassword.FindStringSubmatch(v.Text); m != nil && !strings.Contains(m[1], "*") && !placeholder(m[1]) {
			return "a password in an address"
		}
		if knownKey.MatchString(v.Text) {
			return "a key"
		}
	}
	if v.Kind != syntax.Object || depth > 2 {
		return ""
	}
	for _, option := range secretOptions {
		if options && isCredential(v.Fields[option]) {
			return "`" + option + "`"
		}
	}
	for _, name := range names(v.Fields) {
		if found := credentialIn(v.Fields[name], depth+1, options); found != "" {
			return found
		}
	}
	return ""
}

// isCredential tells of a constant that can be a credential: not empty, not a field's name or a rule for one, no placeholder.
func isCredential(v syntax.Value) bool {
	return v.Kind == syntax.String && len(v.Text) >= 4 && !strings.ContainsAny(v.Text, " <>{}$|") && !placeholder(v.Text)
}

func placeholder(text string) bool {
	switch strings.ToLower(text) {
	case "password", "string", "text", "required", "secret", "hidden", "xxxx", "****", "changeme", "true", "false", "none", "null", "undefined", "varchar":
		return true
	}
	return false
}

func bodyLimit() *analysis.Rule {
	return &analysis.Rule{
		Name: "body-limit", Category: model.CategoryLimits, Severity: model.Minor,
		Title: "Request bodies over 100 MB",
		What:  "Body parsers and upload middleware that allow more than 100 MB.",
		Why: "The edge refuses bodies over 100 MB on the Free and Pro plans (200 MB on Business, 500 MB on Enterprise) before the app sees them, and what " +
			"the app keeps in memory shares the isolate's 128 MB.",
		Remedy:      "Let clients upload large files to R2 directly, in parts or with a presigned address.",
		Links:       []string{"https://developers.cloudflare.com/workers/platform/limits/#request-limits"},
		Bad:         "const express = require('express');\nmodule.exports = express.json({ limit: '500mb' });\n",
		Good:        "const express = require('express');\nmodule.exports = express.json({ limit: '10mb' });\n",
		Since:       checked,
		Mentions:    []string{"limit: \"", "limit: '", "bodyLimit", "fileSize:", "maxFileSize"},
		CheckModule: checkBodyLimit,
	}
}

// bodyParsers are calls by the option that limits a body.
var bodyParsers = map[string][]string{
	"express.json": {"limit"}, "express.urlencoded": {"limit"}, "express.raw": {"limit"}, "express.text": {"limit"}, "body-parser.json": {"limit"},
	"body-parser.urlencoded": {"limit"}, "body-parser.raw": {"limit"}, "body-parser.text": {"limit"}, "multer": {"limits", "fileSize"}, "fastify": {"bodyLimit"},
	"fastify.fastify": {"bodyLimit"}, "express-fileupload": {"limits", "fileSize"}, "formidable": {"maxFileSize"}, "formidable.IncomingForm": {"maxFileSize"},
	"koa-bodyparser": {"jsonLimit"}, "koa-body": {"jsonLimit"},
}

func checkBodyLimit(p *analysis.ModulePass) {
	most := platform.RequestBody().Free
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		options, ok := bodyParsers[c.Callee]
		if !ok {
			continue
		}
		if v, set := optionOf(c, options); set && bytesOf(v) > float64(most) {
			p.Report(c.Span, fmt.Sprintf("%s allows bodies of %.0f MB; the edge refuses more than %d MB on the Free and Pro plans", code(c), bytesOf(v)/(1<<20), most>>20),
				"Let clients upload large files to R2 directly.")
		}
	}
}

var size = regexp.MustCompile(`^\s*([\d.]+)\s*(b|kb|mb|gb)?\s*$`)

// bytesOf reads a number of bytes, or a text such as "500mb"; 0 for others.
func bytesOf(v syntax.Value) float64 {
	if v.Kind == syntax.Number {
		return v.Number
	}
	m := size.FindStringSubmatch(strings.ToLower(v.Text))
	if v.Kind != syntax.String || m == nil {
		return 0
	}
	number, _ := strconv.ParseFloat(m[1], 64)
	return number * map[string]float64{"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}[m[2]]
}

// credentialMentions are the spellings that formatted code has for a literal credential, and the schemes of addresses that
// carry one.
func credentialMentions() []string {
	mentions := []string{"AKIA"}
	for _, name := range []string{"password", "secret", "secretOrPrivateKey"} {
		mentions = append(mentions, name+`: "`, name+": '", name+" = \"", name+" = '")
	}
	for _, scheme := range []string{"postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "amqp", "amqps"} {
		mentions = append(mentions, scheme+"://")
	}
	return mentions
}
