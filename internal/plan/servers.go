package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// Protocol servers: services whose image is a server that a Durable Object stands in for, speaking its protocol.

// ServerTitle is how texts speak of a server.
func ServerTitle(kind model.ServerKind) string {
	return map[model.ServerKind]string{
		model.ServerRedis: "Redis", model.ServerMemcached: "memcached", model.ServerRabbitMQ: "RabbitMQ", model.ServerMongoDB: "MongoDB",
	}[kind]
}

// ServerClass is the Durable Object's class in the runtime's module of that name.
func ServerClass(kind model.ServerKind) string {
	return strings.ReplaceAll(ServerTitle(kind), "memcached", "Memcached") + "Server"
}

// initFolder is where official images of databases look for what to run when a database is new.
const initFolder = "/docker-entrypoint-initdb.d"

// serverFolders are the container's folders whose files the server itself reads, by server.
func serverFolders(kind model.ServerKind) []string {
	if kind == model.ServerMongoDB {
		return []string{initFolder}
	}
	return nil
}

// serverRecipe brings the files that the server reads into the Worker. It is nil where there are none.
func (b *builder) serverRecipe(sp *model.ServicePlan) (*model.Recipe, []model.SourceFile) {
	folders := serverFolders(sp.Server)
	inFolders := func(name string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") })
	}
	service := *sp.Service
	service.MountFiles = slices.DeleteFunc(slices.Clone(service.MountFiles), func(m model.MountFiles) bool { return !inFolders(m.Target) })
	built := service.Image != nil && slices.ContainsFunc(service.Image.Files, func(f model.ImageFile) bool { return inFolders(f.Image) })
	if len(service.MountFiles) == 0 && !built {
		return nil, nil
	}
	if !built {
		service.Image = nil
	}
	part := *sp
	part.Service = &service
	recipe, sources := b.files(&part)
	recipe.Kind, recipe.Server = "server", &model.RecipeServer{Folders: folders}
	sp.Dispositions = part.Dispositions
	return recipe, sources
}

// serverVolume is what becomes of a mount of a protocol server.
func (b *builder) serverVolume(sp *model.ServicePlan, m model.Mount) (model.Outcome, string) {
	target := path.Clean(m.Target)
	switch {
	case slices.ContainsFunc(serverFolders(sp.Server), func(folder string) bool { return target == folder || strings.HasPrefix(target, folder+"/") }):
		return model.Converted, "its files become part of the Worker, which runs them when its storage is new"
	case slices.ContainsFunc(sp.Service.Settings, func(s model.Setting) bool { return s.Path == target || strings.HasPrefix(s.Path, target+"/") }):
		return model.Replaced, "its settings become the server's options in src/config.ts, its credentials required secrets"
	}
	return model.Replaced, "the Durable Object keeps its data in its own SQLite storage"
}

// Credential is a password of a protocol server: a required secret of its Worker.
type Credential struct {
	// Name of the secret, Value where the project has it.
	Name, Value string
	// Why says what it is for.
	Why  string
	Span source.Span
}

// Credentials are the passwords that a protocol server asks of its clients.
func Credentials(sp *model.ServicePlan) []Credential {
	switch sp.Server {
	case model.ServerRedis:
		if c, ok := redisPassword(sp.Service); ok {
			return []Credential{c}
		}
	case model.ServerRabbitMQ:
		return rabbitCredentials(sp)
	case model.ServerMemcached:
		return environmentCredential(sp, "the password of memcached's user", "MEMCACHED_PASSWORD")
	case model.ServerMongoDB:
		return mongoCredentials(sp)
	}
	return nil
}

// environmentCredential is a password that an image takes from a variable of one of these names, or from a file that the
// variable with _FILE names. The secret has the name of the first.
func environmentCredential(sp *model.ServicePlan, why string, names ...string) []Credential {
	for _, e := range sp.Service.Environment {
		name, isFile := strings.CutSuffix(e.Name, "_FILE")
		switch {
		case !slices.Contains(names, name):
		case isFile:
			for _, grant := range sp.Service.Secrets {
				if path.Base(e.Value) == path.Base(grant.Target) || path.Base(e.Value) == grant.Source {
					return []Credential{{Name: SecretVariable(grant.Source), Why: why, Span: e.Span}}
				}
			}
			return []Credential{{Name: names[0], Why: why, Span: e.Span}}
		case e.HasValue && e.Value == "":
		default:
			return []Credential{{Name: names[0], Value: e.Value, Why: why, Span: e.Span}}
		}
	}
	return nil
}

// redisPassword finds the password that a Redis container asks of its clients: --requirepass, its configuration file, or
// the variable that some images take. An empty value means that there is one, but its value is not in the project.
func redisPassword(service *model.Service) (Credential, bool) {
	credential := Credential{Name: "REDIS_PASSWORD", Why: "the password that clients of the Redis server give"}
	words, span := ServerCommand(service)
	if i := slices.Index(words, "--requirepass"); i >= 0 && i+1 < len(words) && words[i+1] != "" {
		credential.Value, credential.Span = variableValue(service, words[i+1]), span
		return credential, true
	}
	for _, e := range service.Environment {
		if (e.Name == "REDIS_PASSWORD" || e.Name == "VALKEY_PASSWORD" || e.Name == "KEYDB_PASSWORD") && e.Value != "" {
			credential.Value, credential.Span = e.Value, e.Span
			return credential, true
		}
	}
	for _, option := range RedisSettings(service) {
		if option.Name == "requirepass" && option.Value != "" && option.Value != "foobared" {
			credential.Value, credential.Span = option.Value, option.Span
			return credential, true
		}
	}
	return Credential{}, false
}

// ServerOption is one line of a server's configuration file.
type ServerOption struct {
	Name, Value string
	Span        source.Span
}

// RedisSettings are the lines of the configuration file that a Redis container is started with.
func RedisSettings(service *model.Service) []ServerOption {
	words, _ := ServerCommand(service)
	var out []ServerOption
	for _, setting := range service.Settings {
		if !slices.Contains(words, setting.Path) && !slices.Contains(words, path.Base(setting.Path)) {
			continue
		}
		for n, line := range strings.Split(setting.Text, "\n") {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			if name == "" || strings.HasPrefix(name, "#") {
				continue
			}
			span := setting.Span
			span.Start.Line += n
			span.End.Line = span.Start.Line
			out = append(out, ServerOption{Name: strings.ToLower(name), Value: strings.Trim(strings.TrimSpace(value), `"'`), Span: span})
		}
	}
	return out
}

// ServerCommand is the command line of a server's container, word by word without quotes, up to where the shell would begin
// another command.
func ServerCommand(service *model.Service) (words []string, span source.Span) {
	var argv []string
	switch {
	case service.Command != nil:
		argv, span = service.Command.Argv, service.Command.Span
	case service.Entry != nil:
		argv, span = service.Entry.Argv, service.Entry.Span
	}
	for _, word := range strings.Fields(strings.Join(argv, " ")) {
		if word == "&&" || word == "||" || word == ";" || word == "|" {
			break
		}
		words = append(words, strings.Trim(word, `"'`))
	}
	return words, span
}

// variableValue is the value behind $NAME or ${NAME} as the container's shell would find it; other words are themselves.
func variableValue(service *model.Service, word string) string {
	name, isVariable := strings.CutPrefix(word, "$")
	if !isVariable {
		return word
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "{"), "}")
	for _, e := range service.Environment {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}
