package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
)

// Protocol servers: a Worker whose Durable Object speaks Redis's, RabbitMQ's … protocol.

// serverWorker is the entry of such a Worker: module and class names, then what else is handed to the server.
const serverWorker = `%[5]simport { create%[1]s } from "@dock2edge/runtime/%[2]s";
import { config } from "./config.ts";

const server = create%[1]s(config%[4]s);

/** The server: one object, which answers one command after the other. */
export const %[3]s = server.%[3]s;

export default server.worker;
`

// serverSources are the TypeScript files of a protocol server.
func serverSources(sp *model.ServicePlan) map[string]string {
	class := plan.ServerClass(sp.Server)
	name := strings.TrimSuffix(class, "Server")
	argument, imports := "", ""
	if sp.Recipe != nil {
		argument, imports = ", files", "import files from \"dock2edge:container\";\n"
	}
	return map[string]string{
		"worker.ts": fmt.Sprintf(serverWorker, name, sp.Server, class, argument, imports),
		"config.ts": configModule(name+"Options", "@dock2edge/runtime/"+string(sp.Server), serverOptions(sp)),
	}
}

// serverOptions are the options of a server's module, as its image's command, variables and configuration files set them.
func serverOptions(sp *model.ServicePlan) any {
	switch sp.Server {
	case model.ServerRedis:
		return redisOptions(sp)
	case model.ServerRabbitMQ:
		return rabbitmqOptions(sp)
	case model.ServerMemcached:
		return memcachedOptions(sp)
	case model.ServerMongoDB:
		return mongodbOptions(sp)
	default:
		return struct{}{}
	}
}

// redisOptions are the options of the Redis server: those of its configuration file, then those of the command. The password
// is a required secret.
func redisOptions(sp *model.ServicePlan) any {
	options := struct {
		RequirePass *string           `json:"requirePass"`
		Config      map[string]string `json:"config,omitempty"`
	}{Config: map[string]string{}}
	for _, c := range plan.Credentials(sp) {
		options.RequirePass = &c.Name
	}
	for _, option := range plan.RedisSettings(sp.Service) {
		if !slices.Contains(redisCredentials, option.Name) {
			options.Config[option.Name] = option.Value
		}
	}
	words, _ := plan.ServerCommand(sp.Service)
	for i := 0; i < len(words); i++ {
		name, isOption := strings.CutPrefix(words[i], "--")
		if !isOption {
			continue
		}
		var values []string
		for i+1 < len(words) && !strings.HasPrefix(words[i+1], "--") {
			i++
			values = append(values, words[i])
		}
		if !slices.Contains(redisCredentials, name) {
			options.Config[name] = strings.Join(values, " ")
		}
	}
	return options
}

// rabbitmqOptions are the options of the RabbitMQ server. Passwords are required secrets.
func rabbitmqOptions(sp *model.ServicePlan) any {
	type user struct {
		Name     string  `json:"name"`
		Password *string `json:"password"`
	}
	settings := plan.RabbitMQSettings(sp.Service)
	options := struct {
		DefaultUser  user           `json:"defaultUser"`
		DefaultVhost string         `json:"defaultVhost"`
		Heartbeat    *int           `json:"heartbeat,omitempty"`
		Definitions  map[string]any `json:"definitions,omitempty"`
	}{DefaultUser: user{Name: settings.User}, DefaultVhost: settings.VHost, Definitions: settings.Definitions}
	if seconds, err := strconv.Atoi(settings.Heartbeat); err == nil {
		options.Heartbeat = &seconds
	}
	if _, ok := settings.Definitions["users"]; ok {
		return options
	}
	for _, c := range plan.Credentials(sp) {
		options.DefaultUser.Password = &c.Name
	}
	return options
}

// memcachedOptions are the options of the memcached server, as its command line and Bitnami's variables have them.
func memcachedOptions(sp *model.ServicePlan) any {
	type user struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	options := struct {
		MemoryLimit string `json:"memoryLimit,omitempty"`
		MaxItemSize string `json:"maxItemSize,omitempty"`
		User        *user  `json:"user"`
	}{}
	words, _ := plan.ServerCommand(sp.Service)
	for i, word := range words {
		name, value, joined := strings.Cut(word, "=")
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		if !strings.HasPrefix(name, "--") && len(name) > 2 {
			name, value = name[:2], name[2:]
		}
		switch name {
		case "-m", "--memory-limit":
			options.MemoryLimit = value
		case "-I", "--max-item-size":
			options.MaxItemSize = value
		}
	}
	name := "root"
	for _, e := range sp.Service.Environment {
		switch {
		case e.Value == "":
		case e.Name == "MEMCACHED_USERNAME":
			name = e.Value
		case e.Name == "MEMCACHED_CACHE_SIZE":
			options.MemoryLimit = e.Value
		case e.Name == "MEMCACHED_MAX_ITEM_SIZE":
			options.MaxItemSize = e.Value
		}
	}
	for _, c := range plan.Credentials(sp) {
		options.User = &user{Name: name, Password: c.Name}
	}
	return options
}

// mongodbOptions are the options of the MongoDB server. Passwords are required secrets.
func mongodbOptions(sp *model.ServicePlan) any {
	type root struct {
		Name             string `json:"name"`
		PasswordVariable string `json:"passwordVariable"`
	}
	type user struct {
		Name             string `json:"name"`
		Database         string `json:"database"`
		PasswordVariable string `json:"passwordVariable"`
	}
	type replicaSet struct {
		Name string `json:"name"`
		Host string `json:"host"`
	}
	settings := plan.MongoDBSettings(sp.Service)
	options := struct {
		RootUser     *root       `json:"rootUser"`
		Users        []user      `json:"users,omitempty"`
		InitDatabase string      `json:"initDatabase,omitempty"`
		ReplicaSet   *replicaSet `json:"replicaSet,omitempty"`
	}{InitDatabase: settings.Database}
	credentials := plan.Credentials(sp)
	if settings.User != "" && len(credentials) > 0 {
		last := len(credentials) - 1
		options.Users = []user{{settings.User, settings.Database, credentials[last].Name}}
		credentials = credentials[:last]
	}
	for _, c := range credentials {
		options.RootUser = &root{settings.Root, c.Name}
	}
	if settings.ReplicaSet != "" {
		options.ReplicaSet = &replicaSet{settings.ReplicaSet, fmt.Sprintf("%s:%d", sp.Service.Name, plan.MongoDBPort(sp.Service))}
	}
	return options
}

// redisCredentials are the server's options whose values are credentials.
var redisCredentials = []string{"requirepass", "masterauth", "masteruser", "user", "tls-key-file-pass", "tls-client-key-file-pass"}

// serverDifference says how a protocol server differs from the original.
func serverDifference(kind model.ServerKind) string {
	return fmt.Sprintf("%s is a protocol server in a Durable Object: one object's throughput (about a thousand commands a second) and 10 GB are its limits. It answers only to the Workers bound to it.", plan.ServerTitle(kind))
}
