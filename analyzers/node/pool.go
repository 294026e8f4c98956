package node

import (
	"fmt"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func poolAtModuleScope() *analysis.Rule {
	return &analysis.Rule{
		Name: "pool-at-module-scope", Category: model.CategoryDatastore, Severity: model.Minor,
		Title: "Connection that is shared by all requests",
		What:  "A pool, client or connection of a data store that a module keeps for as long as the process runs.",
		Why: "In a plain Worker a socket belongs to the request that opened it: the first request is answered, the second one hangs or fails " +
			"with \"Cannot perform I/O on behalf of a different request\". A Durable Object is one I/O context for all requests, so the " +
			"connection works there as it did in the container.",
		Remedy:      "Nothing has to be done for a Durable Object, which convert chooses for this. A plain Worker needs a connection per request.",
		Bad:         "const { Pool } = require('pg');\nconst pool = new Pool();\nmodule.exports = (text) => pool.query(text);\n",
		Good:        "const { Client } = require('pg');\nmodule.exports = async (text) => {\n  const client = new Client();\n  await client.connect();\n  const result = await client.query(text);\n  await client.end();\n  return result;\n};\n",
		Since:       checked,
		Probe:       "pool-at-module-scope",
		Mentions:    analysis.Imports(storePackageNames()...),
		CheckModule: checkPool,
	}
}

// store is a kind of data store and the callees that open a connection to it.
type store struct {
	kind   model.NeedKind
	detail string
	makers []string
}

// stores are the client packages by the calls that make a client. A trailing * matches any member.
func stores() map[string]store {
	return map[string]store{
		"pg":                        {model.NeedSQL, "postgres", []string{"pg.Pool", "pg.Client", "pg.native.Pool", "pg.default.Pool", "pg.default.Client"}},
		"pg-pool":                   {model.NeedSQL, "postgres", []string{"pg-pool"}},
		"pg-promise":                {model.NeedSQL, "postgres", []string{"pg-promise", "pg-promise()"}},
		"postgres":                  {model.NeedSQL, "postgres", []string{"postgres"}},
		"slonik":                    {model.NeedSQL, "postgres", []string{"slonik.createPool"}},
		"mysql":                     {model.NeedSQL, "mysql", []string{"mysql.createPool", "mysql.createConnection", "mysql.createPoolCluster"}},
		"mysql2":                    {model.NeedSQL, "mysql", []string{"mysql2.createPool", "mysql2.createConnection", "mysql2.createPoolCluster"}},
		"mysql2/promise":            {model.NeedSQL, "mysql", []string{"mysql2/promise.createPool", "mysql2/promise.createConnection"}},
		"mariadb":                   {model.NeedSQL, "mysql", []string{"mariadb.createPool", "mariadb.createConnection"}},
		"knex":                      {model.NeedSQL, "", []string{"knex", "knex.knex", "knex.default"}},
		"sequelize":                 {model.NeedSQL, "", []string{"sequelize", "sequelize.Sequelize"}},
		"sequelize-typescript":      {model.NeedSQL, "", []string{"sequelize-typescript.Sequelize"}},
		"typeorm":                   {model.NeedSQL, "", []string{"typeorm.DataSource", "typeorm.createConnection", "typeorm.createConnections"}},
		"@prisma/client":            {model.NeedSQL, "", []string{"@prisma/client.PrismaClient"}},
		"drizzle-orm/node-postgres": {model.NeedSQL, "postgres", []string{"drizzle-orm/node-postgres.drizzle"}},
		"drizzle-orm/postgres-js":   {model.NeedSQL, "postgres", []string{"drizzle-orm/postgres-js.drizzle"}},
		"drizzle-orm/mysql2":        {model.NeedSQL, "mysql", []string{"drizzle-orm/mysql2.drizzle"}},
		"@mikro-orm/core":           {model.NeedSQL, "", []string{"@mikro-orm/core.MikroORM.init"}},
		"@nestjs/typeorm":           {model.NeedSQL, "", []string{"@nestjs/typeorm.TypeOrmModule.forRoot", "@nestjs/typeorm.TypeOrmModule.forRootAsync"}},
		"redis":                     {model.NeedRedis, "", []string{"redis.createClient", "redis.createCluster", "redis.createClientPool"}},
		"ioredis":                   {model.NeedRedis, "", []string{"ioredis", "ioredis.Redis", "ioredis.default", "ioredis.Cluster"}},
		"bull":                      {model.NeedRedis, "scripts", []string{"bull"}},
		"bullmq":                    {model.NeedRedis, "scripts", []string{"bullmq.Queue", "bullmq.Worker", "bullmq.QueueEvents", "bullmq.FlowProducer"}},
		"bee-queue":                 {model.NeedRedis, "scripts", []string{"bee-queue"}},
		"mongodb":                   {model.NeedStore, "mongodb", []string{"mongodb.MongoClient", "mongodb.MongoClient.connect"}},
		"mongoose":                  {model.NeedStore, "mongodb", []string{"mongoose.connect", "mongoose.createConnection", "mongoose.default.connect"}},
		"@nestjs/mongoose":          {model.NeedStore, "mongodb", []string{"@nestjs/mongoose.MongooseModule.forRoot", "@nestjs/mongoose.MongooseModule.forRootAsync"}},
		"amqplib":                   {model.NeedStore, "amqp", []string{"amqplib.connect"}},
		"amqplib/callback_api":      {model.NeedStore, "amqp", []string{"amqplib/callback_api.connect"}},
		"kafkajs":                   {model.NeedStore, "kafka", []string{"kafkajs.Kafka"}},
		"nats":                      {model.NeedStore, "nats", []string{"nats.connect"}},
		"mqtt":                      {model.NeedStore, "mqtt", []string{"mqtt.connect"}},
		"memcached":                 {model.NeedStore, "memcached", []string{"memcached"}},
		"memjs":                     {model.NeedStore, "memcached", []string{"memjs.Client.create"}},
		"@elastic/elasticsearch":    {model.NeedStore, "search", []string{"@elastic/elasticsearch.Client"}},
	}
}

func storePackageNames() []string {
	var names []string
	for name := range stores() {
		names = append(names, name)
	}
	return names
}

func checkPool(p *analysis.ModulePass) {
	known := stores()
	for i := range p.Module.Calls {
		c := &p.Module.Calls[i]
		if c.Callee == "" || strings.HasSuffix(c.Callee, "()") {
			continue
		}
		s, ok := known[packageOf(c.Callee)]
		if !ok || !contains(s.makers, c.Callee) {
			continue
		}
		// A client that a function opens, uses and closes lives no longer than its request.
		if c.Where != syntax.AtModule && !c.AssignedGlobal && closedBeside(p.Module, c) {
			continue
		}
		name, detail := packageOf(c.Callee), s.detail
		if s.kind == model.NeedSQL && detail == "" {
			detail = dialectOf(c)
		}
		if detail == "sqlite" || strings.HasPrefix(name, "drizzle-orm/") && !opensByItself(c) {
			continue
		}
		p.Report(c.Span, fmt.Sprintf("%s opens a connection that all requests share; in a plain Worker it belongs to the request that opened it, and the second request hangs or fails", code(c)),
			"Nothing has to be done for a Durable Object, which convert chooses for this.",
			model.Need{Kind: model.NeedProcess, Detail: "pool"}, model.Need{Kind: s.kind, Detail: detail, Package: name})
	}
}

// dialects are the names that query builders and ORMs have for databases, and the schemes of connection URLs.
var dialects = map[string]string{
	"pg": "postgres", "postgres": "postgres", "postgresql": "postgres", "cockroachdb": "postgres", "pgnative": "postgres", "aurora-postgres": "postgres",
	"mysql": "mysql", "mysql2": "mysql", "mariadb": "mysql", "aurora-mysql": "mysql",
	"sqlite": "sqlite", "sqlite3": "sqlite", "better-sqlite3": "sqlite", "sqljs": "sqlite",
}

// dialectOf is the database that an ORM or query builder is told to use, empty when that is not constant.
func dialectOf(c *syntax.Call) string {
	for _, v := range c.Args {
		for _, option := range []string{"client", "dialect", "type"} {
			if name := v.Fields[option]; name.Kind == syntax.String && dialects[name.Text] != "" {
				return dialects[name.Text]
			}
		}
		if scheme, _, ok := strings.Cut(v.Text, ":"); ok && v.Kind == syntax.String {
			return dialects[scheme]
		}
	}
	return ""
}

// opensByItself tells whether drizzle is given an address rather than a client that exists.
func opensByItself(c *syntax.Call) bool {
	v := c.Arg(0)
	_, connection := v.Fields["connection"]
	return v.Kind == syntax.String || v.Kind == syntax.Ref && strings.HasPrefix(v.Text, "process.env.") || connection
}

// closedBeside tells whether the function that makes the connection also ends it.
func closedBeside(module *syntax.Module, made *syntax.Call) bool {
	if made.AssignedTo == "" {
		return false
	}
	for i := range module.Calls {
		c := &module.Calls[i]
		if c.Function != made.Function || !strings.HasPrefix(c.Text, made.AssignedTo+".") {
			continue
		}
		switch c.Method {
		case "end", "close", "quit", "disconnect", "destroy", "release":
			return true
		}
	}
	return false
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}
