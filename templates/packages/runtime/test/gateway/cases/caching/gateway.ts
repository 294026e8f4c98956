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
      "settings": {
        "root": "/usr/share/nginx/html",
        "charset": "utf-8",
        "addHeaders": [
          {
            "name": "X-Frame-Options",
            "value": "SAMEORIGIN"
          },
          {
            "name": "X-Content-Type-Options",
            "value": "nosniff",
            "always": true
          }
        ]
      },
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/"
          },
          "tryFiles": {
            "paths": [
              "$uri",
              "$uri.html"
            ],
            "otherwise": {
              "status": 404
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/"
          },
          "settings": {
            "index": [
              "page.html"
            ],
            "addHeaders": [
              {
                "name": "X-Root",
                "value": "yes"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "\\.(?:js|css)$",
              "ignoreCase": true
            }
          },
          "settings": {
            "expires": {
              "value": "30d"
            },
            "addHeaders": [
              {
                "name": "Cache-Control",
                "value": "public"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "\\.(png|jpg|gif)$",
              "ignoreCase": true
            }
          },
          "settings": {
            "expires": {
              "value": "max"
            }
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "\\.woff2$",
              "ignoreCase": true
            }
          },
          "settings": {
            "expires": {
              "value": "1y"
            },
            "addHeaders": [
              {
                "name": "Access-Control-Allow-Origin",
                "value": "*"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/api/"
          },
          "settings": {
            "expires": {
              "value": "-1"
            }
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/api/"
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/nocache"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "no"
            }
          ],
          "settings": {
            "defaultType": "text/plain",
            "expires": {
              "value": "epoch"
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/never"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "never"
            }
          ],
          "settings": {
            "defaultType": "text/plain",
            "expires": {
              "value": "off"
            },
            "addHeaders": [
              {
                "name": "Cache-Control",
                "value": "no-store"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/past"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "past"
            }
          ],
          "settings": {
            "defaultType": "text/plain",
            "expires": {
              "value": "-1h"
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/max"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "max"
            }
          ],
          "settings": {
            "defaultType": "text/plain",
            "expires": {
              "value": "0"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/map."
          },
          "settings": {
            "expires": {
              "value": "$expires_by_type"
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/modified.bin"
          },
          "settings": {
            "expires": {
              "value": "+24h",
              "modified": true
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/etagless.txt"
          },
          "settings": {
            "etag": false
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/lm.txt"
          },
          "settings": {
            "ifModifiedSince": "off",
            "addHeaders": [
              {
                "name": "Last-Modified",
                "value": ""
              }
            ]
          }
        }
      ]
    }
  ],
  "maps": [
    {
      "variable": "expires_by_type",
      "source": "$sent_http_content_type",
      "default": "off",
      "entries": [
        {
          "value": "text/html",
          "to": "epoch"
        },
        {
          "value": "text/css",
          "to": "max"
        },
        {
          "value": "application/pdf",
          "to": "42d"
        },
        {
          "regex": {
            "pattern": "image/"
          },
          "to": "30d"
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
