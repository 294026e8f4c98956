package load

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// looksSecret tells whether a variable holds a credential, by its name or by its value.
func looksSecret(name, value string) bool {
	return secretValue(value) || secretName(name) && credentialText(value)
}

// secretWords end the names of variables that hold credentials, as whole words.
var secretWords = []string{
	"PASSWORD", "PASSWD", "PASS", "PWD", "PASSPHRASE", "SECRET", "SECRETS", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "SALT", "PASSWORDS", "TOKENS",
	"DSN", "COOKIE", "JWT", "PEPPER",
}

// secretPairs are two words in a row that name a credential: API_KEY, PRIVATE_KEY.
var secretPairs = []string{
	"API_KEY", "PRIVATE_KEY", "SECRET_KEY", "ACCESS_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "MASTER_KEY", "AUTH_KEY", "SESSION_KEY", "LICENSE_KEY",
	"ACCOUNT_KEY", "APP_KEY", "JWT_KEY", "HMAC_KEY", "KEY_BASE", "SERVICE_KEY", "ADMIN_KEY", "ROOT_KEY", "CLIENT_KEY", "DEPLOY_KEY", "STORAGE_KEY",
}

// describing words after such a word turn the name into one about the credential, not the credential: PASSWORD_FILE,
// TOKEN_EXPIRES_IN, SECRET_NAME, API_KEY_HEADER.
var describing = []string{
	"FILE", "PATH", "DIR", "NAME", "ID", "EXPIRES", "EXPIRE", "EXPIRY", "EXPIRATION", "TTL", "LIFETIME", "LENGTH", "SIZE", "MIN", "MAX", "ALGORITHM", "ALGO",
	"ROUNDS", "TYPE", "URL", "URI", "ENDPOINT", "HEADER", "ENABLED", "DISABLED", "REQUIRED", "POLICY", "RESET", "LIMIT", "TIMEOUT", "ISSUER", "AUDIENCE",
	"AGE", "DOMAIN", "SECURE", "SAMESITE", "INTERVAL", "COUNT", "PREFIX", "SUFFIX", "VERSION", "FORMAT", "HASH", "ENCRYPTION", "ENGINE", "PROVIDER", "BACKEND",
	"ARN", "STORE", "MANAGER", "HTTPONLY", "HINT", "REGEX", "PATTERN", "FIELD", "LOCATION", "DURATION", "MINUTES", "SECONDS", "HOURS", "DAYS", "ALLOWED",
}

// negating words before one say that there is none: ALLOW_EMPTY_PASSWORD, NO_PASSWORD, FORGOT_PASSWORD.
var negating = []string{"ALLOW", "EMPTY", "NO", "RANDOM", "DISABLE", "ENABLE", "REQUIRE", "FORGOT", "RESET", "USE", "MAX", "MIN", "CHANGE", "SHOW"}

var (
	camelHump = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// secretName tells whether a variable's name says that its value is a credential.
func secretName(name string) bool {
	upper := strings.ToUpper(camelHump.ReplaceAllString(name, "${1}_${2}"))
	parts := strings.FieldsFunc(upper, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	for i, part := range parts {
		isSecret := slices.Contains(secretWords, part) || strings.HasSuffix(part, "PASSWORD") || strings.HasSuffix(part, "SECRET") ||
			strings.HasSuffix(part, "TOKEN") || strings.HasSuffix(part, "APIKEY")
		last := i
		if i+1 < len(parts) && slices.Contains(secretPairs, part+"_"+parts[i+1]) {
			isSecret, last = true, i+1
		}
		if !isSecret {
			continue
		}
		if slices.ContainsFunc(parts[:i], func(w string) bool { return slices.Contains(negating, w) }) {
			continue
		}
		if !slices.ContainsFunc(parts[last+1:], func(w string) bool { return slices.Contains(describing, w) }) {
			return true
		}
	}
	return false
}

var plainValue = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|none|null|[0-9]+(\.[0-9]+)?(ms|s|m|h|d)?|/[\w./-]*)$`)

// credentialText tells whether a value can be the credential that its variable's name promises: not a switch, not a duration,
// not a path. Short numbers are passwords nobody should have but some do, so only those of up to three digits are let off.
func credentialText(value string) bool {
	if value == "" {
		// Empty until someone sets it: the name alone counts.
		return true
	}
	if len(value) > 3 && strings.Trim(value, "0123456789") == "" {
		return true
	}
	return !plainValue.MatchString(value)
}

// knownKeys are the beginnings of keys that services hand out.
var knownKeys = regexp.MustCompile(`^(sk_live_|sk_test_|rk_live_|pk_live_|whsec_|sk-[A-Za-z0-9]{16}|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA[0-9A-Z]{12}|ASIA[0-9A-Z]{12}|AIza[0-9A-Za-z_-]{20}|SG\.[\w-]{16}|npm_[A-Za-z0-9]{20}|dop_v1_|hf_[A-Za-z]{20}|key-[0-9a-f]{32}|ya29\.)`)

var (
	jsonWebToken = regexp.MustCompile(`^ey[\w-]{8,}\.ey[\w-]{8,}\.[\w-]*$`)
	// randomText are the characters of keys; paths, host names, sentences and lists have others.
	randomText = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{20,}$`)
	uuid       = regexp.MustCompile(`(?i)^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)
	hexText    = regexp.MustCompile(`(?i)^[0-9a-f]+$`)
)

// secretValue tells whether a value is a credential whatever its name: a URL with a password, a PEM block, a token, a random key.
func secretValue(value string) bool {
	value = strings.TrimSpace(value)
	switch {
	case strings.Contains(value, "-----BEGIN") && strings.Contains(value, "PRIVATE KEY"), knownKeys.MatchString(value), jsonWebToken.MatchString(value):
		return true
	}
	return urlPassword(value) || random(value)
}

// urlPassword tells whether value is or holds a URL with a password: postgres://user:pw@db, also several joined by commas.
func urlPassword(value string) bool {
	scheme, rest, found := strings.Cut(value, "://")
	if !found || strings.ContainsAny(scheme, " \t\n") && len(scheme) > 200 {
		return false
	}
	if u, err := url.Parse(value); err == nil && u.User != nil {
		password, ok := u.User.Password()
		return ok && password != ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	user, _, hasUser := strings.Cut(authority, "@")
	_, password, hasPassword := strings.Cut(user, ":")
	return hasUser && hasPassword && password != ""
}

// random tells whether a value of 20 characters or more has the entropy of a key rather than of words.
func random(value string) bool {
	if !randomText.MatchString(value) || uuid.MatchString(value) || strings.HasPrefix(value, "/") {
		return false
	}
	if hexText.MatchString(value) {
		return len(value) >= 32 && entropy(value) > 3
	}
	digits := strings.ContainsAny(value, "0123456789")
	upper, lower := strings.ToLower(value) != value, strings.ToUpper(value) != value
	return digits && upper && lower && entropy(value) > 3.8
}

// entropy is Shannon's, in bits per character.
func entropy(text string) float64 {
	counts := map[rune]int{}
	for _, r := range text {
		counts[r]++
	}
	bits, n := 0.0, float64(len([]rune(text)))
	for _, count := range counts {
		p := float64(count) / n
		bits -= p * math.Log2(p)
	}
	return bits
}
