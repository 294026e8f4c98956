package entry

import (
	"path"
	"slices"
	"strings"
)

// imageDefaults is what an image runs when nobody says otherwise.
type imageDefaults struct {
	entrypoint, cmd []string
	workdir         string
	// service tells that the image is a server of its own (a database, a broker, a tool), not a base for programs.
	service bool
}

// defaultsOf are the defaults of public images that programs are built on or that stacks use as they are. They are those
// that `docker image inspect` shows; service images need none, their command is nobody's source.
func defaultsOf(ref string) imageDefaults {
	name := Repository(ref)
	last := path.Base(name)
	switch {
	case name == "node" || name == "cimg/node" || name == "circleci/node":
		return imageDefaults{entrypoint: []string{"docker-entrypoint.sh"}, cmd: []string{"node"}}
	case strings.HasPrefix(last, "nodejs") && strings.Contains(ref, "distroless"):
		return imageDefaults{entrypoint: []string{"/nodejs/bin/node"}, workdir: "/home/nonroot"}
	case name == "chainguard/node":
		return imageDefaults{entrypoint: []string{"/usr/bin/node"}, workdir: "/app"}
	case last == "node" || last == "nodejs":
		// bitnami/node, ubi8/nodejs and their kind: no entrypoint that matters.
		return imageDefaults{cmd: []string{"node"}, workdir: map[bool]string{true: "/app"}[strings.HasPrefix(name, "bitnami")]}
	case name == "keymetrics/pm2":
		return imageDefaults{cmd: []string{"pm2-runtime", "start", "ecosystem.config.js"}}
	case name == "oven/bun":
		return imageDefaults{entrypoint: []string{"/usr/local/bin/docker-entrypoint.sh"}, cmd: []string{"/usr/local/bin/bun"}, workdir: "/home/bun/app"}
	case name == "denoland/deno" || name == "deno":
		return imageDefaults{entrypoint: []string{"/tini", "--", "docker-entrypoint.sh"}, cmd: []string{"eval", "console.log('Welcome to Deno!')"}}
	case name == "nginx" || last == "nginx" || last == "nginx-unprivileged" || name == "openresty/openresty":
		return imageDefaults{entrypoint: []string{"/docker-entrypoint.sh"}, cmd: []string{"nginx", "-g", "daemon off;"}}
	case name == "httpd":
		return imageDefaults{cmd: []string{"httpd-foreground"}, workdir: "/usr/local/apache2"}
	case name == "caddy":
		return imageDefaults{cmd: []string{"caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"}, workdir: "/srv"}
	case name == "php" && strings.Contains(ref, "apache"), name == "wordpress" && strings.Contains(ref, "apache"):
		return imageDefaults{entrypoint: []string{"docker-php-entrypoint"}, cmd: []string{"apache2-foreground"}, workdir: "/var/www/html"}
	case name == "php":
		return imageDefaults{entrypoint: []string{"docker-php-entrypoint"}, cmd: []string{"php-fpm"}, workdir: "/var/www/html"}
	case name == "python":
		return imageDefaults{cmd: []string{"python3"}}
	case name == "ruby":
		return imageDefaults{cmd: []string{"irb"}}
	case slices.Contains([]string{"alpine", "busybox", "debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "golang", "rust"}, name):
		return imageDefaults{cmd: []string{"/bin/sh"}}
	case strings.HasPrefix(name, "tiangolo/"):
		return imageDefaults{cmd: []string{"gunicorn"}, workdir: "/app"}
	case isServiceImage(name) || strings.HasPrefix(name, "linuxserver/") || strings.HasPrefix(name, "itzg/"):
		return imageDefaults{service: true}
	}
	return imageDefaults{}
}

// RunsAsItIs tells of an image reference whose image stacks run as it is: a known server's.
func RunsAsItIs(ref string) bool { return isServiceImage(Repository(ref)) }

// isServiceImage tells of images that stacks run as they are. Names are those of Repository; any vendor's build of a known
// server counts ("bitnami/redis", "postgis/postgis").
func isServiceImage(name string) bool {
	last := path.Base(name)
	for _, suffix := range []string{"-alpine", "-server", "-exporter", "-ce", "-ee", "-oss", "-stack", "-community", "-community-server"} {
		last = strings.TrimSuffix(last, suffix)
	}
	return slices.Contains([]string{
		"activemq", "adminer", "alertmanager", "arangodb", "artemis", "azurite", "beanstalkd", "blackbox", "cadvisor", "cassandra",
		"chroma", "clickhouse", "cockroach", "collabora", "connect", "consul", "couchbase", "couchdb", "dashboard", "dashboards",
		"debezium", "directus", "dragonfly", "drupal", "dynamodb-local", "elasticsearch", "emqx", "etcd", "eventstore", "exim",
		"fake-gcs", "ferretdb", "fluentd", "ghost", "gitea", "grafana", "graphite", "greenmail", "haproxy", "inbucket", "influxdb",
		"jaeger", "jenkins", "kafka", "kafka-ui", "keycloak", "keydb", "kibana", "kong", "localstack", "logstash", "loki", "maildev",
		"mailhog", "mailpit", "mariadb", "mattermost", "meilisearch", "memcached", "metabase", "minio", "mongo", "mongo-express",
		"mongodb", "mosquitto", "mssql", "mysql", "nats", "nats-streaming", "neo4j", "nextcloud", "nginx-proxy", "node-exporter", "nsq",
		"odoo", "ollama", "opensearch", "opentelemetry-collector", "oracle", "otel", "percona", "pgadmin4", "pgbouncer", "phpmyadmin",
		"phpredisadmin", "postfix", "postgis", "postgres", "postgresql", "postgrest", "prometheus", "promtail", "pulsar", "qdrant",
		"questdb", "rabbitmq", "redis", "redis-commander", "redisearch", "redisinsight", "redpanda", "registry", "rethinkdb",
		"schema-registry", "scylla", "selenium", "sentry", "solr", "sonarqube", "sphinx", "surrealdb", "swagger-editor", "swagger-ui",
		"tempo", "timescaledb", "tomcat", "traefik", "typesense", "unleash", "valkey", "varnish", "vault", "victoria-metrics",
		"watchtower", "weaviate", "wordpress", "yugabyte", "zipkin", "zookeeper", "hasura", "graphql-engine", "temporal", "auto-setup",
		"azure-sql-edge", "hyperdx", "pihole", "portainer", "redismod", "dozzle", "smtp4dev", "ngrok", "cloudflared", "certbot", "autoheal", "docker-socket-proxy",
	}, last)
}
