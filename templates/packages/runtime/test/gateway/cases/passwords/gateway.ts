import type { GatewayConfig } from "../../../../src/gateway/config.ts";

export const config: GatewayConfig = {
  "entry": {
    "http": 80,
    "https": 80
  },
  "settings": {
    "types": "mime.types",
    "defaultType": "application/octet-stream"
  },
  "servers": [
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/open/"
          },
          "settings": {
            "authRealm": "off"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/admin/"
          },
          "settings": {
            "authRealm": "Staff only",
            "authUserFile": "/etc/nginx/.htpasswd",
            "proxyHeaders": [
              {
                "name": "X-User",
                "value": "$remote_user"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/nofile/"
          },
          "settings": {
            "authRealm": "x",
            "authUserFile": "/etc/nginx/none"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/local/"
          },
          "settings": {
            "access": [
              {
                "allow": true,
                "from": "127.0.0.1"
              },
              {
                "allow": false,
                "from": "all"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/denied/"
          },
          "settings": {
            "access": [
              {
                "allow": true,
                "from": "203.0.113.0/24"
              },
              {
                "allow": true,
                "from": "2001:db8::/32"
              },
              {
                "allow": false,
                "from": "all"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/either/"
          },
          "settings": {
            "access": [
              {
                "allow": false,
                "from": "all"
              }
            ],
            "satisfy": "any",
            "authRealm": "Either",
            "authUserFile": "/etc/nginx/.htpasswd"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/write/"
          },
          "settings": {
            "limitExcept": {
              "methods": [
                "GET"
              ],
              "access": [
                {
                  "allow": false,
                  "from": "all"
                }
              ]
            }
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/checked/"
          },
          "settings": {
            "authRequest": "/_auth",
            "authRequestSets": [
              {
                "variable": "who",
                "value": "$upstream_http_x_upstream"
              }
            ],
            "proxyHeaders": [
              {
                "name": "X-Who",
                "value": "$who"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/echo/",
            "prefix": "/checked/"
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/_auth"
          },
          "internal": true,
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^"
              },
              "replacement": "$request_uri"
            },
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/checked(/.*)$"
              },
              "replacement": "$1",
              "flag": "break"
            }
          ],
          "settings": {
            "proxyHeaders": [
              {
                "name": "Content-Length",
                "value": ""
              }
            ],
            "proxyPassRequestBody": false
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        }
      ]
    }
  ],
  "peers": {
    "api": {
      "binding": "API"
    }
  }
};
