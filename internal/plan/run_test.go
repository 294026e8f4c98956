package plan

import (
	"strings"
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestSplitRun(t *testing.T) {
	for _, test := range []struct{ name, script, kept, left string }{
		{"system only", "apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*", "", "apt-get,rm"},
		{"mixed", "apk add --no-cache git && npm ci && cp dist/a.js /app/b.js", `npm ci && cp dist/a.js "$D2E_ROOT"/app/b.js`, "apk"},
		{"npm alone", "npm ci --omit=dev", "npm ci --omit=dev", ""},
		{"caches", "npm ci && npm cache clean --force && yarn cache clean", "npm ci", "npm cache,yarn cache"},
		{"global installs", "npm install -g pm2 && pnpm add --global turbo && yarn global add serve", "", "npm install -g,pnpm install -g,yarn install -g"},
		{"cd is kept with what follows", "cd /app/web && npm run build", `cd "$D2E_ROOT"/app/web && npm run build`, ""},
		{"cd alone", "cd /app", "", ""},
		{"a download that is unpacked and removed", "wget https://e.x/d.tar.gz && tar -C / -xzf d.tar.gz && rm d.tar.gz", "", "wget,tar"},
		{"a folder that may be there", "mkdir /usr/src/app", `mkdir -p "$D2E_ROOT"/usr/src/app`, ""},
		{"cd before the system", "cd /tmp && apk add git", "", "apk"},
		{"env prefix", "NODE_ENV=production npm run build", "NODE_ENV=production npm run build", ""},
		{"export", "export NODE_OPTIONS=--max-old-space-size=4096 && npm run build", "export NODE_OPTIONS=--max-old-space-size=4096 && npm run build", ""},
		{"semicolons run on", "npm run lint; npm run build", "npm run lint; npm run build", ""},
		{"errexit stops", "set -eux; npm ci; apk add git; npm run build", "npm ci && npm run build", "set,apk"},
		{"errexit in front", "set -o errexit && true; npm ci; npm test", "npm ci && npm test", "set,true"},
		{"installer from a pipe", "curl -fsSL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs", "", "curl,bash,apt-get"},
		{"pipe into a program", "echo y | npm run setup", "echo y | npm run setup", ""},
		{"if with a build", "if [ -f yarn.lock ]; then yarn --frozen-lockfile; else npm ci; fi", "if [ -f yarn.lock ]; then yarn --frozen-lockfile; else npm ci; fi", ""},
		{"if that writes", "if true; then echo 1 > version; fi", "if true; then echo 1 >version; fi", ""},
		{"if of the system", "if [ -f /etc/alpine-release ]; then apk add git; fi", "", "[,apk"},
		{"or", "npm ci || npm install", "npm ci || npm install", ""},
		{"write into the app", "echo 'module.exports = 1' > /app/version.js", `echo 'module.exports = 1' >"$D2E_ROOT"/app/version.js`, ""},
		{"what is printed is no path", `printf "/app\n" > list && echo "//registry.npmjs.org/:_authToken=${TOKEN}" > .npmrc`, `printf "/app\n" >list && echo "//registry.npmjs.org/:_authToken=${TOKEN}" >.npmrc`, ""},
		{"write into the system", "echo 'deb http://x y z' > /etc/apt/sources.list.d/x.list", "", "echo"},
		{"print only", "echo building && npm run build", "npm run build", "echo"},
		{"folders of the app", "mkdir -p /app/data /app/tmp", `mkdir -p "$D2E_ROOT"/app/data "$D2E_ROOT"/app/tmp`, ""},
		{"folders of the app under usr", "mkdir -p /usr/src/app", `mkdir -p "$D2E_ROOT"/usr/src/app`, ""},
		{"folders of the system", "mkdir -p /var/log/x /run/x", "", "mkdir"},
		{"links", "ln -sf /dev/stdout /var/log/nginx/access.log && ln -s /app/a /app/b", `ln -s "$D2E_ROOT"/app/a "$D2E_ROOT"/app/b`, "ln"},
		{"nothing is written outside the root", "cp tool /bin/tool && mv x /usr/local/bin/", `cp tool "$D2E_ROOT"/bin/tool && mv x "$D2E_ROOT"/usr/local/bin/`, ""},
		{"programs by path", "/usr/local/bin/node build.js", "node build.js", ""},
		{"quoted paths", `cp "/app/a b" /app/c`, `cp "$D2E_ROOT""/app/a b" "$D2E_ROOT"/app/c`, ""},
		{"paths in options", "npm ci --prefix=/app/web --cache /tmp/x", `npm ci --prefix="$D2E_ROOT"/app/web --cache "$D2E_ROOT"/tmp/x`, ""},
		{"paths in variables", "cd $HOME_DIR/web && npm ci && echo $PLAIN > x", `cd "$D2E_ROOT"$HOME_DIR/web && npm ci && echo $PLAIN >x`, ""},
		{"devices", "npm run build > /dev/null 2>&1", "npm run build >/dev/null 2>&1", ""},
		{"users", "groupadd -r app && useradd -r -g app app && chown -R app /app", "", "groupadd,useradd,chown"},
		{"does not parse", "npm ci && (", "npm ci && (", ""},
		{"heredoc body of RUN", "npm ci\napk add git\nnpm run build\n", "npm ci; npm run build", "apk"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := []model.EnvVar{{Name: "HOME_DIR", Value: "/srv/app", HasValue: true}, {Name: "PLAIN", Value: "x", HasValue: true}}
			kept, left := splitRun(model.Instruction{Op: "RUN", Script: test.script, Env: env})
			if kept != test.kept {
				t.Errorf("kept %q\nwant %q", kept, test.kept)
			}
			if got := strings.Join(left, ","); got != test.left {
				t.Errorf("left %q, want %q", got, test.left)
			}
		})
	}
}

func TestSplitRunExecForm(t *testing.T) {
	kept, left := splitRun(model.Instruction{Op: "RUN", Argv: []string{"npm", "run", "build it"}})
	if kept != "npm run 'build it'" || left != nil {
		t.Errorf("kept %q, left %q", kept, left)
	}
}
