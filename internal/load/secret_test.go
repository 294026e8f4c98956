package load

import "testing"

func TestLooksSecret(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        bool
	}{
		{"POSTGRES_PASSWORD", "example", true},
		{"DB_PASS", "x", true},
		{"MYSQL_ROOT_PASSWORD", "12345", true},
		{"PGPASSWORD", "x", true},
		{"SESSION_SECRET", "keyboard cat", true},
		{"sessionSecret", "keyboard cat", true},
		{"JWT_SECRET", "", true},
		{"API_KEY", "abc", true},
		{"STRIPE_API_KEY", "abc", true},
		{"APP_KEY", "base64:abc", true},
		{"GITHUB_TOKEN", "abc", true},
		{"AWS_SECRET_ACCESS_KEY", "abc", true},
		{"PRIVATE_KEY", "abc", true},
		{"SECRET_KEY_BASE", "abc", true},
		{"GOOGLE_CREDENTIALS", "abc", true},
		{"SENTRY_DSN", "https://abc@sentry.example/1", true},

		{"POSTGRES_PASSWORD_FILE", "/run/secrets/pw", false},
		{"TOKEN_EXPIRES_IN", "3600", false},
		{"TOKEN_EXPIRES_IN", "one hour", false},
		{"ACCESS_TOKEN_TTL", "15m", false},
		{"SECRET_NAME", "db", false},
		{"PASSWORD_MIN_LENGTH", "8", false},
		{"ALLOW_EMPTY_PASSWORD", "yes", false},
		{"MYSQL_RANDOM_ROOT_PASSWORD", "1", false},
		{"PASSWORD_RESET_ENABLED", "true", false},
		{"USE_TOKEN", "true", false},
		{"API_KEY_HEADER", "x-api-key", false},
		{"MAX_TOKENS", "4096", false},
		{"TOKENIZER", "bpe", false},
		{"KEYBOARD", "us", false},
		{"COMPASS", "north", false},
		{"MONKEY", "x", false},
		{"NODE_ENV", "production", false},
		{"PUBLIC_KEY", "abc", false},
		{"BYPASS", "x", false},

		{"DATABASE_URL", "postgres://app:hunter2@db:5432/app", true},
		{"DATABASE_URL", "postgres://db:5432/app", false},
		{"DATABASE_URL", "postgres://app@db/app", false},
		{"KAFKA", "SASL://u:p@a:1,SASL://u:p@b:1", true},
		{"REDIS_URL", "redis://:pw@redis:6379", true},
		{"URL", "http://localhost:3000/a@b:c", false},
		{"CERT", "-----BEGIN RSA PRIVATE KEY-----\nabc", true},
		{"CERT", "-----BEGIN CERTIFICATE-----\nabc", false},
		{"X", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc_def-123", true},
		{"X", "sk_" + "live_abcdefgh", true},
		{"X", "ghp_" + "abcdefghijklmnop", true},
		{"X", "AKIA" + "IOSFODNN7EXAMPLE", true},
		{"X", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", true},
		{"X", "q8Zt3LmP0vXe7RkYb2NdWc5H", true},
		{"X", "550e8400-e29b-41d4-a716-446655440000", false},
		{"X", "/usr/local/share/Certificates2024/main", false},
		{"X", "this-is-a-long-name-of-a-service", false},
		{"X", "00000000000000000000000000000000", false},
		{"X", "docker.io/library/Node22Alpine", false},
	} {
		if got := looksSecret(test.name, test.value); got != test.want {
			t.Errorf("looksSecret(%q, %q) = %v, want %v", test.name, test.value, got, test.want)
		}
	}
}
