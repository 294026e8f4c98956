package plan

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// RabbitMQ is what the variables and configuration files of a RabbitMQ container ask for.
type RabbitMQ struct {
	// User and VHost exist at the start.
	User, VHost string
	// Heartbeat in seconds as the configuration file has it, empty where it says nothing.
	Heartbeat string
	// Definitions is the file that load_definitions names, without the users' password hashes; nil without one.
	Definitions map[string]any
}

// rabbitPassword is the required secret of the first user's password.
const rabbitPassword = "RABBITMQ_DEFAULT_PASS"

// definitionKeys are the parts of a definitions file that the server reads.
var definitionKeys = []string{"vhosts", "permissions", "policies", "exchanges", "queues", "bindings"}

// RabbitMQSettings reads the variables of the images rabbitmq, bitnami/rabbitmq and cloudamqp/lavinmq, and the configuration
// files that are mounted or copied.
func RabbitMQSettings(service *model.Service) RabbitMQ {
	settings := RabbitMQ{User: "guest", VHost: "/"}
	if isBitnami(service) {
		settings.User = "user"
	}
	for _, option := range rabbitOptions(service) {
		switch option.Name {
		case "default_user":
			settings.User = option.Value
		case "default_vhost":
			settings.VHost = option.Value
		case "heartbeat":
			settings.Heartbeat = option.Value
		}
	}
	for _, e := range service.Environment {
		switch {
		case e.Value == "":
		case e.Name == "RABBITMQ_DEFAULT_USER" || e.Name == "RABBITMQ_USERNAME" || e.Name == "LAVINMQ_DEFAULT_USER":
			settings.User = e.Value
		case e.Name == "RABBITMQ_DEFAULT_VHOST" || e.Name == "RABBITMQ_VHOST":
			settings.VHost = e.Value
		}
	}
	settings.Definitions = rabbitDefinitions(service)
	return settings
}

// rabbitCredentials are the password of the first user and, where the definitions have users, one for each of these: their
// hashes cannot be turned back into passwords.
func rabbitCredentials(sp *model.ServicePlan) []Credential {
	if users, ok := RabbitMQSettings(sp.Service).Definitions["users"].([]map[string]any); ok && len(users) > 0 {
		var list []Credential
		for _, user := range users {
			name, _ := user["password"].(string)
			list = append(list, Credential{Name: name, Why: "the password of RabbitMQ's user " + user["name"].(string) + ", of which the definitions hold only a hash"})
		}
		return list
	}
	const why = "the password of RabbitMQ's first user"
	if found := environmentCredential(sp, why, rabbitPassword, "RABBITMQ_PASSWORD", "LAVINMQ_DEFAULT_PASSWORD"); found != nil {
		return found
	}
	for _, option := range rabbitOptions(sp.Service) {
		if option.Name == "default_pass" && option.Value != "" {
			return []Credential{{Name: rabbitPassword, Value: option.Value, Why: why, Span: option.Span}}
		}
	}
	if isBitnami(sp.Service) {
		return []Credential{{Name: rabbitPassword, Value: "bitnami", Why: why + "; the image's own is bitnami"}}
	}
	return nil
}

// rabbitOptions are the lines of rabbitmq.conf and of conf.d.
func rabbitOptions(service *model.Service) []ServerOption {
	var list []ServerOption
	for _, setting := range service.Settings {
		if !strings.HasSuffix(setting.Path, ".conf") {
			continue
		}
		for n, line := range strings.Split(setting.Text, "\n") {
			name, value, found := strings.Cut(line, "=")
			name = strings.TrimSpace(name)
			if !found || strings.HasPrefix(name, "#") {
				continue
			}
			span := setting.Span
			span.Start.Line += n
			span.End.Line = span.Start.Line
			list = append(list, ServerOption{Name: name, Value: strings.Trim(strings.TrimSpace(value), `"'`), Span: span})
		}
	}
	return list
}

// rabbitDefinitions reads the definitions file that a configuration file or a variable names.
func rabbitDefinitions(service *model.Service) map[string]any {
	for _, setting := range service.Settings {
		if !strings.HasSuffix(setting.Path, ".json") || !isNamed(service, setting.Path) {
			continue
		}
		var all map[string]any
		if json.Unmarshal([]byte(setting.Text), &all) != nil {
			continue
		}
		definitions := map[string]any{}
		for _, key := range definitionKeys {
			if value, ok := all[key]; ok {
				definitions[key] = value
			}
		}
		if users := definitionUsers(all); len(users) > 0 {
			definitions["users"] = users
		}
		return definitions
	}
	return nil
}

// isNamed tells whether another configuration file, or a variable, names a file of the container.
func isNamed(service *model.Service, file string) bool {
	return slices.ContainsFunc(service.Settings, func(s model.Setting) bool { return s.Path != file && strings.Contains(s.Text, file) }) ||
		slices.ContainsFunc(service.Environment, func(e model.EnvVar) bool { return strings.Contains(e.Value, file) })
}

var notInVariables = regexp.MustCompile(`[^A-Z0-9]+`)

// definitionUsers are the users with the names of the secrets that hold their passwords.
func definitionUsers(definitions map[string]any) []map[string]any {
	list, _ := definitions["users"].([]any)
	var users []map[string]any
	for _, item := range list {
		user, _ := item.(map[string]any)
		name, _ := user["name"].(string)
		if name == "" {
			continue
		}
		variable := "RABBITMQ_PASSWORD_" + strings.Trim(notInVariables.ReplaceAllString(strings.ToUpper(name), "_"), "_")
		out := map[string]any{"name": name, "password": variable}
		if tags, ok := user["tags"]; ok {
			out["tags"] = tags
		}
		users = append(users, out)
	}
	return users
}

// isBitnami tells whether a service runs one of Bitnami's images, which have names and defaults of their own.
func isBitnami(service *model.Service) bool {
	return strings.Contains(service.ImageRef, "bitnami")
}
