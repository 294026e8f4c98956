import type { GatewayConfig } from "../../../../src/gateway/config.ts";

export const config: GatewayConfig = {
  "entry": {
    "http": 80,
    "https": 80
  },
  "settings": {
    "types": "mime.types",
    "defaultType": "application/octet-stream",
    "proxyHideHeaders": [
      "X-Upstream"
    ]
  },
  "servers": [
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "exact",
          "value": "site.test"
        }
      ],
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "settings": {
            "root": "/usr/share/nginx/html"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/api/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "X-Env",
                "value": "$host"
              },
              {
                "name": "Authorization",
                "value": "Bearer ${secret_API_TOKEN}"
              }
            ]
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
            "path": "/env"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "site.test and $uri"
            }
          ],
          "settings": {
            "defaultType": "text/plain"
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
