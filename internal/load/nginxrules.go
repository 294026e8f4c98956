package load

import "github.com/dock2edge/dock2edge/internal/model"

// nginxRules are about nginx configurations; their names end in the level of nginx.Problem.
func nginxRules() []model.RuleInfo {
	return []model.RuleInfo{
		{
			Name: "nginx-invalid", Category: model.CategoryNetwork, Severity: model.Major,
			Title:   "nginx configuration that nginx itself refuses",
			What:    "A statement of an nginx configuration that cannot be read: a missing semicolon or brace, an unknown directive, a file that an include names and that is not there.",
			Why:     "nginx refuses to start with it. What stands around it has been read, but requests that need the broken part are answered differently.",
			Remedy:  "Correct the statement; `nginx -t` shows the same error.",
			Example: "nginx.conf",
			Bad:     "server {\n    listen 80\n    root /srv;\n}\n",
			Good:    "server {\n    listen 80;\n    root /srv;\n}\n",
			Since:   checked,
		},
		{
			Name: "nginx-unsupported", Category: model.CategoryNetwork, Severity: model.Major,
			Title:   "nginx directive that the gateway leaves out",
			What:    "A directive that has no counterpart in the gateway Worker, such as fastcgi_pass or sub_filter.",
			Why:     "The gateway interprets nginx's configuration inside a Worker. It leaves this directive out, so requests that it changes are answered differently.",
			Remedy:  "Move what the directive does into the app, or into a Worker in front of the gateway.",
			Example: "nginx.conf",
			Bad:     "server {\n    listen 80;\n    location ~ \\.php$ {\n        fastcgi_pass php:9000;\n    }\n}\n",
			Good:    "server {\n    listen 80;\n    location /api/ {\n        proxy_pass http://api:3000/;\n    }\n}\n",
			Since:   checked,
		},
		{
			Name: "nginx-differs", Category: model.CategoryNetwork, Severity: model.Minor,
			Title:   "nginx directive that works differently in the gateway",
			What:    "A directive for which the gateway does something close to what nginx does; the message says what is different.",
			Why:     "The gateway runs in many isolates at once and has no shared memory, so policies that count connections, for example, are only approximated.",
			Remedy:  "Read the difference; nothing has to be done when it does not matter.",
			Example: "nginx.conf",
			Bad:     "upstream api {\n    least_conn;\n    server api:3000;\n}\n",
			Good:    "upstream api {\n    server api:3000;\n}\n",
			Since:   checked,
		},
		{
			Name: "nginx-ignored", Category: model.CategoryNetwork, Severity: model.Info,
			Title:   "nginx directive that has nothing to act on",
			What:    "A directive about processes, sockets, buffers or logs of nginx's own.",
			Why:     "A Worker has neither processes nor sockets of its own; Cloudflare does the directive's work or nothing is left to do.",
			Remedy:  "Nothing has to be done.",
			Example: "nginx.conf",
			Bad:     "worker_processes auto;\n",
			Good:    "server {\n    listen 80;\n}\n",
			Since:   checked,
		},
	}
}
