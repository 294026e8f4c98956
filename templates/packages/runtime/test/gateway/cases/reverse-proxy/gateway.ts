import type { GatewayConfig } from "../../../../src/gateway/config.ts";

export const config: GatewayConfig = {
  "entry": {
    "http": 80,
    "https": 80
  },
  "settings": {
    "types": "mime.types",
    "defaultType": "application/octet-stream",
    "proxyHeaders": [
      {
        "name": "X-Outer",
        "value": "outer"
      }
    ]
  },
  "servers": [
    {
      "listen": [
        {
          "port": 80,
          "default": true
        }
      ],
      "names": [
        {
          "kind": "exact",
          "value": "_"
        }
      ],
      "settings": {
        "maxBodySize": 10485760,
        "proxyReadTimeout": 30
      },
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://web"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/api/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/api/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/v1/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "Host",
                "value": "$host"
              },
              {
                "name": "X-Real-IP",
                "value": "$remote_addr"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/base/",
            "prefix": "/v1/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/keep"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "Host",
                "value": "$http_host"
              },
              {
                "name": "X-Forwarded-For",
                "value": "$proxy_add_x_forwarded_for"
              },
              {
                "name": "X-Forwarded-Proto",
                "value": "$scheme"
              },
              {
                "name": "X-Forwarded-Host",
                "value": "$host"
              },
              {
                "name": "X-Empty",
                "value": ""
              },
              {
                "name": "Accept-Encoding",
                "value": ""
              },
              {
                "name": "X-Snippet",
                "value": "$request_uri"
              },
              {
                "name": "X-Uri",
                "value": "$uri"
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
            "path": "/strip"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/strip"
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/exact"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/exactly",
            "prefix": "/exact"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/fixed/"
          },
          "steps": [
            {
              "do": "set",
              "variable": "target",
              "value": "http://api:3000"
            }
          ],
          "handler": {
            "kind": "proxy",
            "pass": "$target/fixed$is_args$args"
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "^/re/items/(?<id>\\d+)$"
            }
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/items?id=$id&m=$request_method"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/admin/"
          },
          "settings": {
            "proxyHideHeaders": [
              "X-Upstream"
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://admin:8080"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/static/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/static/(.*)$"
              },
              "replacement": "/assets/$1.svg",
              "flag": "break"
            }
          ],
          "handler": {
            "kind": "proxy",
            "pass": "http://web:3000/ignored",
            "prefix": "/static/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/small/"
          },
          "settings": {
            "maxBodySize": 1024
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/small/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/legacy/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "X-Real-IP",
                "value": "$remote_addr"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://legacy:9091/",
            "prefix": "/legacy/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/dead/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://down:9/",
            "prefix": "/dead/"
          }
        }
      ]
    }
  ],
  "peers": {
    "admin": {
      "binding": "ADMIN"
    },
    "api": {
      "binding": "API"
    },
    "down": {
      "binding": "DOWN"
    },
    "legacy": {
      "address": "LEGACY_ADDRESS"
    },
    "web": {
      "binding": "WEB"
    }
  }
};
