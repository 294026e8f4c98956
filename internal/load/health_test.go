package load

import (
	"testing"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestFindURL(t *testing.T) {
	for _, test := range []struct {
		test []string
		path string
		port int
	}{
		{[]string{"CMD", "curl", "-f", "http://localhost:3000/health"}, "/health", 3000},
		{[]string{"CMD-SHELL", "curl --fail http://localhost:3000/health || exit 1"}, "/health", 3000},
		{[]string{"CMD-SHELL", "wget -qO- http://127.0.0.1/ping >/dev/null"}, "/ping", 80},
		{[]string{"CMD-SHELL", "wget --spider localhost:8080"}, "/", 8080},
		{[]string{"CMD", "curl", "https://localhost/x?y=1"}, "/x?y=1", 443},
		{[]string{"CMD", "curl", "http://web:3000/self"}, "/self", 3000},
		{[]string{"CMD", "curl", "http://other:3000/x"}, "", 0},
		{[]string{"CMD-SHELL", "curl -f http://localhost:${PORT}/up"}, "/up", 4000},
		{[]string{"CMD-SHELL", "curl -f http://localhost:${NONE:-5000}/up/"}, "/up/", 5000},
		{[]string{"CMD", "node", "-e", "fetch('http://localhost:3000/live').then(r => process.exit(r.ok ? 0 : 1))"}, "/live", 3000},
		{[]string{"CMD", "node", "-e", "require('http').get({host: 'localhost', port: 3000, path: '/healthz'}, r => process.exit(r.statusCode === 200 ? 0 : 1))"}, "/healthz", 3000},
		{[]string{"CMD", "node", "-e", "fetch('http://localhost:' + process.env.PORT + '/x')"}, "/x", 4000},
		{[]string{"CMD", "node", "-e", "fetch(`http://localhost:${process.env.NONE || 3000}/x`)"}, "/x", 3000},
		{[]string{"CMD", "node", "-e", "http.get('http://127.0.0.1:' + (process.env.PORT || 3000) + '/y')"}, "/y", 4000},
		{[]string{"CMD", "redis-cli", "-h", "localhost", "ping"}, "", 0},
		{[]string{"CMD-SHELL", "pg_isready -h localhost -p 5432"}, "", 0},
		{[]string{"CMD", "mysqladmin", "ping", "-h", "127.0.0.1"}, "", 0},
		{[]string{"CMD-SHELL", "nc -z localhost 3000"}, "", 0},
		{[]string{"CMD", "node", "healthcheck.js"}, "", 0},
	} {
		s := &model.Service{
			Name: "web", Environment: []model.EnvVar{{Name: "PORT", Value: "4000", HasValue: true}},
			Healthcheck: &model.Healthcheck{Test: test.test},
		}
		findURL(s)
		if h := s.Healthcheck; h.URLPath != test.path || h.Port != test.port {
			t.Errorf("%q: got %q port %d, want %q port %d", test.test, h.URLPath, h.Port, test.path, test.port)
		}
	}
}
