package mapping

import (
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestForImage(t *testing.T) {
	for ref, want := range map[string]string{
		"postgres":                                    "postgres",
		"postgres:16-alpine":                          "postgres",
		"docker.io/library/postgres@sha256:abc":       "postgres",
		"bitnami/postgresql:15":                       "postgres",
		"localhost:5000/postgres:1":                   "postgres",
		"ghcr.io/baosystems/postgis:15":               "",
		"mariadb:10":                                  "mysql",
		"valkey/valkey:8":                             "redis",
		"redis":                                       "redis",
		"docker.dragonflydb.io/dragonflydb/dragonfly": "redis",
		"mongo:7":                                     "mongodb",
		"confluentinc/cp-kafka":                       "broker",
		"axllent/mailpit":                             "dev-tool",
		"acme/own-thing":                              "",
		"":                                            "",
	} {
		name := ""
		if m := ForImage(ref); m != nil {
			name = m.Name
		}
		if name != want {
			t.Errorf("ForImage(%q) = %q, want %q", ref, name, want)
		}
	}
}

func TestEveryOptionSaysWhy(t *testing.T) {
	for _, m := range append(All(), Unknown()) {
		if len(m.Options) == 0 || len(m.Images) == 0 && m.Name != "unknown" {
			t.Errorf("%s: a mapping needs images and options", m.Name)
		}
		for _, option := range m.Options {
			if option.Against == "" || option.Offered && option.Why == "" {
				t.Errorf("%s: option %s does not say why it is taken or left", m.Name, option.Target)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	taken, rejected := redis().Choose("")
	if taken.Target != model.TargetKeyValue || len(rejected) != 2 {
		t.Errorf("redis: took %s, rejected %d others", taken.Target, len(rejected))
	}
	if taken, _ := redis().Choose(model.TargetExternal); taken.Target != model.TargetExternal {
		t.Errorf("redis: the user's choice was not taken: %s", taken.Target)
	}
	if taken, _ := postgres().Choose(""); taken.Target != model.TargetHyperdrive {
		t.Errorf("postgres: took %s", taken.Target)
	}
}
