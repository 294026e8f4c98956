package mapping

import "github.com/dock2edge/dock2edge/internal/model"

// redis: a Durable Object that speaks Redis's protocol keeps every client as it is.
func redis() *Mapping {
	return &Mapping{
		Name: "redis", Title: "Redis", Port: 6379, Protocol: "redis",
		Images: []string{
			"redis", "*/redis", "valkey/valkey", "*/valkey", "redis/redis-stack", "redis/redis-stack-server", "eqalpha/keydb",
			"docker.dragonflydb.io/dragonflydb/dragonfly", "dragonflydb/dragonfly", "redislabs/redismod",
		},
		Packages: []string{"redis", "ioredis", "connect-redis", "bullmq", "bull", "@redis/client", "rate-limit-redis", "keyv", "handy-redis"},
		Options: []Option{
			{
				Target: model.TargetRedisObject, Offered: true,
				Why:     "a Durable Object that speaks the Redis protocol answers the app's own client, one command after the other as Redis does, and keeps its data in SQLite (up to 10 GB)",
				Against: "the protocol server in a Durable Object was not chosen",
			},
			external("the app reaches its Redis server over TCP"),
			{
				Target:  model.TargetKV,
				Against: "KV has no Redis commands, takes one write a second per key and is eventually consistent",
			},
		},
	}
}

func mongodb() *Mapping {
	return &Mapping{
		Name: "mongodb", Title: "MongoDB", Port: 27017,
		Images:   []string{"mongo", "*/mongodb", "*/mongo", "mongodb/mongodb-community-server", "mongodb/mongodb-atlas-local", "*/ferretdb", "percona/percona-server-mongodb"},
		Packages: []string{"mongodb", "mongoose", "mongojs", "@typegoose/typegoose"},
		Options: []Option{
			external("MongoDB keeps running outside; the app reaches it over TCP with its own driver"),
			{
				Target:  model.TargetD1,
				Against: "documents and aggregation pipelines have no counterpart in D1",
			},
			container("a database in a container loses its disk when the instance stops"),
		},
	}
}

func rabbitmq() *Mapping {
	return &Mapping{
		Name: "rabbitmq", Title: "a message broker",
		Images: []string{
			"rabbitmq", "*/rabbitmq", "nats", "*/nats", "confluentinc/*", "*/kafka", "*/zookeeper", "zookeeper", "redpandadata/*", "vectorized/redpanda",
			"apache/activemq-classic", "apache/activemq-artemis", "eclipse-mosquitto", "emqx/emqx", "softwaremill/elasticmq",
		},
		Packages: []string{"amqplib", "amqp-connection-manager", "rhea", "nats", "kafkajs", "mqtt", "stompit"},
		Options: []Option{
			external("the broker keeps running outside; the app reaches it over TCP with its own client"),
			{
				Target:  model.TargetQueue,
				Against: "Queues has neither exchanges nor the broker's protocol, so the publishing and consuming code would have to change",
			},
			container("a broker in a container loses its disk when the instance stops"),
		},
	}
}

func memcached() *Mapping {
	return &Mapping{
		Name: "memcached", Title: "memcached", Port: 11211,
		Images:   []string{"memcached", "*/memcached"},
		Packages: []string{"memcached", "memjs"},
		Options: []Option{
			external("the cache keeps running outside; the app reaches it over TCP with its own client"),
			{
				Target:  model.TargetKV,
				Against: "KV has no memcached protocol and takes one write a second per key",
			},
		},
	}
}

func objectStore() *Mapping {
	return &Mapping{
		Name: "object-store", Title: "an object store",
		Images:   []string{"minio/minio", "*/minio", "localstack/localstack", "adobe/s3mock", "chrislusf/seaweedfs", "dxflrs/garage"},
		Packages: []string{"@aws-sdk/client-s3", "aws-sdk", "minio"},
		Options: []Option{
			external("the store keeps running outside, or R2's S3 endpoint takes its place by changing the endpoint and the keys"),
			{
				Target:  model.TargetR2,
				Against: "a bucket binding needs other code than an S3 client; R2's S3 endpoint works with the client and needs only another endpoint and keys",
			},
		},
	}
}

// mail covers real mail servers; catch-all servers for development are dev tools.
func mail() *Mapping {
	return &Mapping{
		Name: "mail", Title: "a mail server", Port: 25,
		Images: []string{"boky/postfix", "*/postfix", "mailserver/docker-mailserver", "*/smtp", "namshi/smtp", "bytemark/smtp"},
		Options: []Option{
			external("mail is sent by a server outside; Workers cannot open port 25 but reach ports 465 and 587"),
		},
	}
}
