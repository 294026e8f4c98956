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
		Programs: []string{"redis-server", "valkey-server", "keydb-server"},
		Packages: []string{"redis", "ioredis", "connect-redis", "bullmq", "bull", "@redis/client", "rate-limit-redis", "keyv", "handy-redis"},
		Options: []Option{
			{
				Target: model.TargetKeyValue, Server: model.ServerRedis, Offered: true,
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

// mongodb: a Durable Object that speaks MongoDB's protocol keeps driver and queries as they are.
func mongodb() *Mapping {
	return &Mapping{
		Name: "mongodb", Title: "MongoDB", Port: 27017, Protocol: "mongodb",
		Images:   []string{"mongo", "*/mongodb", "*/mongo", "mongodb/mongodb-community-server", "mongodb/mongodb-atlas-local", "*/ferretdb", "percona/percona-server-mongodb"},
		Programs: []string{"mongod"},
		Packages: []string{"mongodb", "mongoose", "mongojs", "@typegoose/typegoose"},
		Options: []Option{
			{
				Target: model.TargetDurableObject, Server: model.ServerMongoDB, Offered: true,
				Why:     "a Durable Object that speaks MongoDB's protocol answers the app's own driver and keeps the documents in SQLite (up to 10 GB)",
				Against: "the protocol server in a Durable Object was not chosen",
			},
			external("MongoDB keeps running outside; the app reaches it over TCP with its own driver"),
			{
				Target:  model.TargetD1,
				Against: "documents and aggregation pipelines have no counterpart in D1",
			},
			container("a database in a container loses its disk when the instance stops"),
		},
	}
}

// rabbitmq: a Durable Object that speaks AMQP keeps exchanges, acknowledgements and dead letters, which Queues does not have.
func rabbitmq() *Mapping {
	return &Mapping{
		Name: "rabbitmq", Title: "RabbitMQ", Port: 5672, Protocol: "amqp",
		Images:   []string{"rabbitmq", "*/rabbitmq", "cloudamqp/lavinmq"},
		Programs: []string{"rabbitmq-server"},
		Packages: []string{"amqplib", "amqp-connection-manager", "rhea"},
		Options: []Option{
			{
				Target: model.TargetDurableObject, Server: model.ServerRabbitMQ, Offered: true,
				Why:     "a Durable Object that speaks AMQP 0-9-1 answers the app's own client and keeps durable queues in SQLite (up to 10 GB)",
				Against: "the protocol server in a Durable Object was not chosen",
			},
			external("the broker keeps running outside; the app reaches it over TCP with its own client"),
			queues(),
			container("a broker in a container loses its disk when the instance stops"),
		},
	}
}

func broker() *Mapping {
	return &Mapping{
		Name: "broker", Title: "a message broker",
		Images: []string{
			"nats", "*/nats", "confluentinc/*", "*/kafka", "*/zookeeper", "zookeeper", "redpandadata/*", "vectorized/redpanda",
			"apache/activemq-classic", "apache/activemq-artemis", "eclipse-mosquitto", "emqx/emqx", "softwaremill/elasticmq",
		},
		Packages: []string{"nats", "kafkajs", "mqtt", "stompit"},
		Options: []Option{
			external("the broker keeps running outside; the app reaches it over TCP with its own client"),
			queues(),
			container("a broker in a container loses its disk when the instance stops"),
		},
	}
}

func queues() Option {
	return Option{
		Target:  model.TargetQueue,
		Against: "Queues has neither exchanges nor the broker's protocol, so the publishing and consuming code would have to change",
	}
}

// memcached: a Durable Object that speaks its protocol keeps every client as it is.
func memcached() *Mapping {
	return &Mapping{
		Name: "memcached", Title: "memcached", Port: 11211, Protocol: "memcached",
		Images:   []string{"memcached", "*/memcached"},
		Programs: []string{"memcached"},
		Packages: []string{"memcached", "memjs"},
		Options: []Option{
			{
				Target: model.TargetKeyValue, Server: model.ServerMemcached, Offered: true,
				Why:     "a Durable Object that speaks memcached's protocol answers the app's own client",
				Against: "the protocol server in a Durable Object was not chosen",
			},
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
