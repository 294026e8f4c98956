package plan

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// MongoDB is what the variables, the command and the configuration file of a MongoDB container ask for.
type MongoDB struct {
	// Root is the name of the root user, empty where clients need not authenticate.
	Root string
	// User exists in Database from the start, as Bitnami's images have it; empty without one.
	User string
	// Database is where init scripts begin.
	Database string
	// ReplicaSet is the name of the replica set, empty for a server on its own.
	ReplicaSet string
}

// The required secrets of MongoDB's passwords.
const (
	mongoRootPassword = "MONGO_INITDB_ROOT_PASSWORD"
	mongoUserPassword = "MONGODB_PASSWORD"
)

// MongoDBSettings reads the variables of the images mongo, mongodb/mongodb-community-server, percona/percona-server-mongodb and
// bitnami/mongodb, the command line, and the configuration files that are mounted or copied.
func MongoDBSettings(service *model.Service) MongoDB {
	settings := MongoDB{ReplicaSet: mongoReplicaSet(service)}
	for _, e := range service.Environment {
		switch {
		case e.Value == "":
		case e.Name == "MONGO_INITDB_ROOT_USERNAME" || e.Name == "MONGODB_INITDB_ROOT_USERNAME" || e.Name == "MONGODB_ROOT_USER":
			settings.Root = e.Value
		case e.Name == "MONGO_INITDB_ROOT_USERNAME_FILE" || e.Name == "MONGODB_INITDB_ROOT_USERNAME_FILE":
			if settings.Root == "" {
				settings.Root = "root" // the name is in a file outside the project
			}
		case e.Name == "MONGO_INITDB_DATABASE" || e.Name == "MONGODB_INITDB_DATABASE" || e.Name == "MONGODB_DATABASE" && isBitnami(service):
			settings.Database = e.Value
		case e.Name == "MONGODB_USERNAME" && isBitnami(service):
			settings.User = e.Value
		}
	}
	root, user := mongoPasswords(service)
	switch {
	case root == "" && user == "":
		settings.Root = "" // the images turn authentication on with a password only
	case settings.Root == "":
		settings.Root = "root"
	}
	if user == "" || settings.Database == "" {
		settings.User = ""
	}
	return settings
}

// mongoPasswords are the names of the variables with the passwords of the root user and of the other one.
func mongoPasswords(service *model.Service) (root, user string) {
	for _, e := range service.Environment {
		name := strings.TrimSuffix(e.Name, "_FILE")
		switch {
		case e.HasValue && e.Value == "":
		case name == mongoRootPassword || name == "MONGODB_INITDB_ROOT_PASSWORD" || name == "MONGODB_ROOT_PASSWORD":
			root = name
		case name == mongoUserPassword && isBitnami(service):
			user = name
		}
	}
	return root, user
}

// mongoCredentials are the passwords of MongoDB's users.
func mongoCredentials(sp *model.ServicePlan) []Credential {
	const why = "the password of MongoDB's root user"
	list := environmentCredential(sp, why, mongoRootPassword, "MONGODB_INITDB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD")
	if MongoDBSettings(sp.Service).User != "" {
		list = append(list, environmentCredential(sp, "the password of MongoDB's user", mongoUserPassword)...)
	}
	return list
}

var mongoReplSetName = regexp.MustCompile(`(?m)^\s*(?:replSetName\s*:|replSet\s*=)\s*["']?([^"'\s#]+)`)

// mongoReplicaSet is the name that the command line, a configuration file or Bitnami's variables give the replica set.
func mongoReplicaSet(service *model.Service) string {
	words, _ := ServerCommand(service)
	for i, word := range words {
		name, value, joined := strings.Cut(word, "=")
		if name != "--replSet" {
			continue
		}
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		return variableValue(service, strings.Trim(value, `"'`))
	}
	for _, setting := range service.Settings {
		named := slices.Contains(words, setting.Path) || strings.HasPrefix(path.Base(setting.Path), "mongod")
		if match := mongoReplSetName.FindStringSubmatch(setting.Text); match != nil && named {
			return match[1]
		}
	}
	mode, name := "", "replicaset"
	for _, e := range service.Environment {
		switch e.Name {
		case "MONGODB_REPLICA_SET_MODE":
			mode = e.Value
		case "MONGODB_REPLICA_SET_NAME":
			name = e.Value
		}
	}
	if mode == "primary" {
		return name
	}
	return ""
}

// MongoDBPort is the port that the server's command line names, 27017 without one.
func MongoDBPort(service *model.Service) int {
	words, _ := ServerCommand(service)
	for i, word := range words {
		name, value, joined := strings.Cut(word, "=")
		if name != "--port" {
			continue
		}
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		if port, err := strconv.Atoi(value); err == nil {
			return port
		}
	}
	return 27017
}
