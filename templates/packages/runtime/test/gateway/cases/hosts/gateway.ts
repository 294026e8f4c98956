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
      "names": [
        {
          "kind": "exact",
          "value": "example.com"
        },
        {
          "kind": "exact",
          "value": "www.example.com"
        }
      ],
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "example $server_name $host\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/dir/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/port"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://localhost:8081"
          }
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "leading-wildcard",
          "value": ".wild.test"
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "wild $host\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "leading-wildcard",
          "value": ".a.wild.test"
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "deeper\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "leading-wildcard",
          "value": ".bare.test",
          "bare": true
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "bare\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "trailing-wildcard",
          "value": "trail."
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "trail\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "regex",
          "regex": {
            "pattern": "^user(?<uid>\\d+)\\.re\\.test$",
            "ignoreCase": true
          }
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "user $uid $1\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 80
        }
      ],
      "names": [
        {
          "kind": "exact",
          "value": "redirect.test"
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 301,
          "location": "$scheme://www.example.com$request_uri"
        }
      ]
    },
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
      "steps": [
        {
          "do": "return",
          "status": 404,
          "text": "no such site\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 8081
        }
      ],
      "names": [
        {
          "kind": "exact",
          "value": "example.com"
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "internal\n"
        }
      ]
    },
    {
      "listen": [
        {
          "port": 8081
        }
      ],
      "steps": [
        {
          "do": "return",
          "status": 200,
          "text": "internal default $host\n"
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
