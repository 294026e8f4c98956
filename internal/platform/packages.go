package platform

import "strings"

// stateless are packages that keep nothing between requests and open no connection, timer or file of their own, so that an
// app made of them alone runs in a plain Worker. Seen in workerd 1.20261117.1 with several requests in sequence and in
// parallel (2026-11-21), or pure computation by their documentation.
var stateless = map[string]bool{
	"express": true, "koa": true, "fastify": true, "hono": true, "connect": true, "restana": true, "polka": true, "micro": true, "itty-router": true,
	"@koa/router": true, "koa-router": true, "koa-bodyparser": true, "koa-body": true, "koa-json": true, "koa-logger": true, "@koa/cors": true, "koa-compose": true,
	"body-parser": true, "cookie-parser": true, "cors": true, "helmet": true, "morgan": true, "compression": true, "method-override": true, "serve-favicon": true,
	"serve-static": true, "response-time": true, "vary": true, "on-headers": true, "http-errors": true, "express-async-errors": true, "express-async-handler": true,
	"@hono/node-server": true, "@fastify/cors": true, "@fastify/helmet": true, "@fastify/formbody": true, "@fastify/cookie": true, "@fastify/sensible": true,
	"debug": true, "dotenv": true, "dotenv-expand": true, "lodash": true, "underscore": true, "ramda": true, "uuid": true, "nanoid": true, "ms": true, "qs": true,
	"moment": true, "dayjs": true, "date-fns": true, "luxon": true, "joi": true, "zod": true, "yup": true, "validator": true, "express-validator": true,
	"class-validator": true, "class-transformer": true, "reflect-metadata": true, "tslib": true, "rxjs": true, "jsonwebtoken": true, "jose": true, "bcryptjs": true,
	"cookie": true, "mime": true, "mime-types": true, "chalk": true, "picocolors": true, "semver": true, "slugify": true, "marked": true, "markdown-it": true,
	"@nestjs/common": true, "@nestjs/core": true, "@nestjs/platform-express": true, "@nestjs/config": true, "boom": true, "@hapi/boom": true, "statuses": true,
	"pug": true, "ejs": true, "handlebars": true, "mustache": true, "nunjucks": true, "eta": true, "express-handlebars": true, "hbs": true, "consolidate": true,
	"accepts": true, "content-type": true, "etag": true, "fresh": true, "escape-html": true, "path-to-regexp": true, "url-join": true, "deepmerge": true,
	"camelcase": true, "classnames": true, "iconv-lite": true, "csv-parse": true, "csv-stringify": true, "xml2js": true, "fast-xml-parser": true, "js-yaml": true, "yaml": true,
	"ajv": true, "ajv-formats": true, "immer": true, "decimal.js": true, "big.js": true, "bignumber.js": true, "color": true, "faker": true, "@faker-js/faker": true,
	"swagger-ui-express": true, "swagger-jsdoc": true, "env-var": true, "envalid": true, "express-basic-auth": true,
}

// Stateless tells whether a package is known to keep nothing between requests. Type packages and Node's own modules count
// as such; whatever is not known does not.
func Stateless(name string) bool {
	return stateless[name] || strings.HasPrefix(name, "@types/") || strings.HasPrefix(name, "node:")
}
