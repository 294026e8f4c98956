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
      "steps": [
        {
          "do": "if",
          "when": {
            "test": "set",
            "value": "$moved"
          },
          "steps": [
            {
              "do": "return",
              "status": 301,
              "location": "$moved"
            }
          ]
        }
      ],
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "X-Backend",
                "value": "$backend"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://$backend"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/lang"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "$lang\n"
            }
          ],
          "settings": {
            "defaultType": "text/plain"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/host"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "$site\n"
            }
          ],
          "settings": {
            "defaultType": "text/plain"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/mobile"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "[$mobile][$both]\n"
            }
          ],
          "settings": {
            "defaultType": "text/plain"
          }
        }
      ]
    }
  ],
  "maps": [
    {
      "variable": "backend",
      "source": "$http_x_version",
      "default": "v1:3000",
      "entries": [
        {
          "value": "2",
          "to": "v2:3000"
        },
        {
          "value": "two",
          "to": "v2:3000"
        }
      ]
    },
    {
      "variable": "lang",
      "source": "$http_accept_language",
      "default": "en",
      "entries": [
        {
          "regex": {
            "pattern": "^de",
            "ignoreCase": true
          },
          "to": "de"
        },
        {
          "regex": {
            "pattern": "^(?<code>[a-z]{2})\\b",
            "ignoreCase": true
          },
          "to": "$code"
        }
      ]
    },
    {
      "variable": "site",
      "source": "$host",
      "hostnames": true,
      "default": "none",
      "entries": [
        {
          "value": ".shop.test",
          "to": "shop"
        },
        {
          "value": "www.site.*",
          "to": "site"
        }
      ]
    },
    {
      "variable": "moved",
      "source": "$uri",
      "entries": [
        {
          "value": "/old-a",
          "to": "/new-a"
        },
        {
          "regex": {
            "pattern": "^/old-b/(.*)$"
          },
          "to": "/new-b/$1"
        }
      ]
    },
    {
      "variable": "mobile",
      "source": "$http_user_agent",
      "entries": [
        {
          "regex": {
            "pattern": "(android|iphone)",
            "ignoreCase": true
          },
          "to": "1"
        }
      ]
    },
    {
      "variable": "both",
      "source": "$mobile:$lang",
      "default": "no",
      "entries": [
        {
          "value": "1:en",
          "to": "yes"
        }
      ]
    }
  ],
  "peers": {
    "v1": {
      "binding": "V1"
    },
    "v2": {
      "binding": "V2"
    }
  }
};
