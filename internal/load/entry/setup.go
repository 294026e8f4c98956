package entry

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// isProbe tells of programs that scripts use to see whether something else is up.
func isProbe(name string) bool {
	return slices.Contains([]string{
		"pg_isready", "nc", "ncat", "netcat", "curl", "wget", "ping", "telnet", "mysqladmin", "mariadb-admin", "redis-cli", "mongo", "mongosh",
		"psql", "mysql", "mariadb", "nslookup", "dig", "getent", "host", "wait-on", "wait-port", "timeout", "rabbitmq-diagnostics",
		"rabbitmqctl", "kafka-topics", "kafka-topics.sh", "cqlsh", "socat", "node",
	}, name)
}

// preparation recognises programs that end: migrations, waits, file work, installs and builds.
func (f *follower) preparation(c command) (found, bool) {
	name, args := c.name(), c.args()
	if dir := path.Base(path.Dir(c.argv[0])); strings.Contains(c.argv[0], "/") && !strings.HasSuffix(dir, "bin") && dir != "/" {
		// A program of the project's own that only has the name of a tool.
		return found{}, false
	}
	if slices.Contains([]string{"wait-on", "wait-port", "wait", "pg_isready", "tcp-port-used", "docker-compose-wait", "await", "wtfc", "wtfc.sh"}, name) {
		return prepared(c, "wait"), true
	}
	if isMigration(name, args) {
		return prepared(c, "migration"), true
	}
	if name == "tail" && slices.ContainsFunc(args, func(arg string) bool { return arg == "-f" || arg == "-F" }) {
		return runs(c, "binary", "the container only stays alive (tail -f); programs are started in it by hand"), true
	}
	if name == "sleep" {
		return runs(c, "binary", "the container only stays alive (sleep); programs are started in it by hand"), true
	}
	if name == "tsc" || name == "vue-tsc" || name == "tsc-watch" || name == "tsup" {
		return f.compiler(c)
	}
	if isBuilder(name) {
		return prepared(c, "build"), true
	}
	if !isTool(name) {
		return found{}, false
	}
	return prepared(c, "setup"), true
}

// isBuilder tells of programs that make modules out of the source and end.
func isBuilder(name string) bool {
	return slices.Contains([]string{
		"babel", "swc", "esbuild", "rollup", "ncc", "tspc", "ttsc", "tsdown", "unbuild", "microbundle", "pkgroll", "graphql-codegen", "sass", "node-sass",
		"tailwindcss", "postcss", "tsc-alias", "lingui", "paraglide-js", "gulp", "grunt", "spack", "bunchee",
	}, name)
}

// isMigration recognises the commands of database tools that change a schema or fill tables.
func isMigration(name string, args []string) bool {
	first := ""
	if len(args) > 0 {
		first = args[0]
	}
	switch name {
	case "prisma", "zenstack":
		return first == "migrate" || first == "db"
	case "knex", "sequelize", "sequelize-cli", "typeorm", "typeorm-ts-node-commonjs", "typeorm-ts-node-esm", "drizzle-kit", "mikro-orm",
		"mikro-orm-esm", "kysely", "objection":
		return true
	case "db-migrate", "migrate-mongo", "node-pg-migrate", "migrate", "dbmate", "flyway", "liquibase", "atlas", "goose", "alembic", "sqitch",
		"graphile-migrate", "postgrator", "umzug", "east", "migrate-mongoose", "pgmigrate", "mongo-seeding", "seed", "evolve", "sql-migrate":
		return true
	case "adonis", "ace", "strapi", "medusa", "payload", "keystone":
		return strings.HasPrefix(first, "migrat") || strings.HasPrefix(first, "seed")
	}
	return false
}

// compiler follows `tsc --watch --onSuccess`, and takes a plain build for preparation.
func (f *follower) compiler(c command) (found, bool) {
	flags, _ := scattered(c.args(), "--onSuccess", "--onFirstSuccess", "-p", "--project", "-d", "--out-dir", "--format", "--outDir")
	if text := value(flags, "--onSuccess", "--onFirstSuccess"); text != "" {
		return f.shellText(c, text).launched(c, c.name()), true
	}
	if has(flags, "-w", "--watch") {
		result := prepared(c, "build")
		result.daemon = true
		return result, true
	}
	return prepared(c, "build"), true
}

// isTool tells of programs that do one thing and end.
func isTool(name string) bool {
	return slices.Contains([]string{
		"echo", "printf", "true", "false", ":", "exit", "ls", "cat", "mkdir", "chown", "chmod", "chgrp", "cp", "mv", "rm", "rmdir", "ln", "touch", "sed", "awk", "gawk", "grep", "egrep", "fgrep", "find", "xargs", "tr",
		"cut", "head", "tail", "wc", "sort", "uniq", "envsubst", "curl", "wget", "nc", "ncat", "netcat", "ping", "openssl", "git", "tar", "unzip",
		"gunzip", "gzip", "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "adduser", "addgroup", "useradd", "groupadd", "usermod", "groupmod",
		"deluser", "sysctl", "crontab", "jq", "yq", "psql", "mysql", "mariadb", "mysqladmin", "mysqldump", "pg_dump", "pg_restore", "redis-cli",
		"mongo", "mongosh", "mongoimport", "mongorestore", "mc", "aws", "gcloud", "az", "getent", "nslookup", "dig", "test", "expr", "which", "whereis",
		"base64", "md5sum", "sha256sum", "diff", "install", "rsync", "service", "update-ca-certificates", "dpkg", "locale-gen", "setcap", "free",
		"df", "du", "ps", "top", "pgrep", "pkill", "killall", "renice", "stat", "file", "od", "xxd", "rev", "tac", "nl", "fold", "paste", "split",
		"mktemp", "mkfifo", "mount", "umount", "uuidgen", "iptables", "ip", "ifconfig", "update-alternatives", "ldconfig", "composer", "pip", "pip3", "rimraf", "mkdirp", "cpx", "copyfiles", "cpy", "ncp", "shx", "eslint", "prettier", "jest", "vitest", "mocha", "prisma",
		"husky", "is-ci", "patch-package", "del", "del-cli", "make-dir", "npm-check",
		"sentry-cli", "source-map-explorer", "typedoc", "openapi-generator-cli", "swagger-jsdoc",
		"lint-staged", "depcheck", "license-checker", "cypress", "playwright", "ava", "tap", "nyc", "c8", "kill-port", "open-cli", "react-inject-env",
		"import-meta-env", "kubectl", "docker", "ab", "siege", "hey", "k6", "newman", "expect", "dos2unix", "tsconfig-paths", "zx", "module-alias", "size-limit",
	}, name)
}

// language recognises programs of other languages and well-known servers started by name.
func (f *follower) language(c command) (found, bool) {
	name := c.name()
	kinds := []struct {
		kind, title string
		names       []string
	}{
		{"python", "Python", []string{"python", "python2", "python3", "gunicorn", "uvicorn", "hypercorn", "flask", "django-admin", "celery", "uwsgi",
			"daphne", "fastapi", "streamlit", "poetry", "pipenv", "uv", "jupyter", "airflow", "rq", "dramatiq", "granian", "pypy3", "hatch", "pdm"}},
		{"java", "Java", []string{"java", "mvn", "mvnw", "gradle", "gradlew", "catalina.sh", "jetty", "sbt", "kotlin", "scala", "clojure", "lein"}},
		{"go", "Go", []string{"go", "air", "reflex", "CompileDaemon", "realize", "dlv"}},
		{"dotnet", ".NET", []string{"dotnet"}},
		{"php", "PHP", []string{"php", "php-fpm", "apache2-foreground", "docker-php-entrypoint", "artisan", "frankenphp", "rr"}},
		{"ruby", "Ruby", []string{"ruby", "rails", "rackup", "puma", "unicorn", "sidekiq", "irb", "rake", "jekyll", "bundle"}},
		{"rust", "Rust", []string{"cargo"}},
		{"elixir", "Elixir", []string{"mix", "elixir", "iex", "erl"}},
		{"perl", "Perl", []string{"perl", "plackup", "hypnotoad", "morbo"}},
	}
	for _, k := range kinds {
		if slices.Contains(k.names, name) || strings.HasPrefix(name, "python3.") {
			if migratesIn(c) {
				return prepared(c, "migration"), true
			}
			return runs(c, k.kind, fmt.Sprintf("%s is a %s program; only Node programs are followed", Quote(c.argv), k.title)), true
		}
	}
	if slices.Contains([]string{
		"redis-server", "redis-sentinel", "valkey-server", "postgres", "mysqld", "mariadbd", "mongod", "mongos", "memcached", "rabbitmq-server",
		"elasticsearch", "minio", "etcd", "consul", "vault", "traefik", "haproxy", "envoy", "nats-server", "influxd", "prometheus", "grafana-server",
		"cockroach", "zookeeper-server-start.sh", "kafka-server-start.sh", "clickhouse-server", "meilisearch", "neo4j", "mosquitto", "varnishd",
		"cloudflared", "ngrok", "localstack", "mailhog", "mailpit", "keycloak", "kc.sh",
	}, name) {
		return runs(c, "service-image", ""), true
	}
	if slices.Contains([]string{"cron", "crond", "rsyslogd", "syslogd", "sshd", "dockerd", "fcgiwrap"}, name) {
		result := runs(c, "binary", fmt.Sprintf("%s is a system daemon", name))
		result.daemon = !slices.ContainsFunc(c.args(), func(arg string) bool { return strings.HasPrefix(arg, "-") && strings.ContainsAny(arg, "fnD") })
		return result, true
	}
	if f.service.Image == nil && defaultsOf(f.base()).service {
		// The command of an image that nobody builds here: its own program, or arguments for it.
		return runs(c, "service-image", ""), true
	}
	if f.service.Image != nil && defaultsOf(f.base()).service && strings.HasPrefix(c.argv[0], "-") {
		return runs(c, "service-image", ""), true
	}
	return found{}, false
}

// migratesIn tells of `manage.py migrate`, `flask db upgrade` and `rails db:migrate`.
func migratesIn(c command) bool {
	for _, arg := range c.args() {
		if arg == "migrate" || arg == "collectstatic" || arg == "upgrade" || strings.HasPrefix(arg, "db:") {
			return true
		}
	}
	return false
}
