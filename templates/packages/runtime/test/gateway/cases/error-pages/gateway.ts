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
        "errorPages": [
          {
            "statuses": [
              404
            ],
            "to": "/404.html"
          },
          {
            "statuses": [
              500,
              502,
              503,
              504
            ],
            "to": "/50x.html"
          }
        ]
      },
      "locations": [
        {
          "match": {
            "kind": "exact",
            "path": "/404.html"
          },
          "internal": true
        },
        {
          "match": {
            "kind": "exact",
            "path": "/50x.html"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/internal/"
          },
          "internal": true
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/api/"
          },
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  401
                ],
                "to": "@login",
                "status": 0
              },
              {
                "statuses": [
                  503
                ],
                "to": "/maintenance.json",
                "status": 200
              },
              {
                "statuses": [
                  404
                ],
                "to": "/404.html"
              }
            ],
            "proxyInterceptErrors": true
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
            "path": "/plain/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/plain/"
          }
        },
        {
          "match": {
            "kind": "named",
            "name": "login"
          },
          "steps": [
            {
              "do": "return",
              "status": 302,
              "location": "/login?from=$request_uri"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/dead/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://down:9"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/gone"
          },
          "steps": [
            {
              "do": "return",
              "status": 410
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/teapot"
          },
          "steps": [
            {
              "do": "return",
              "status": 418,
              "text": "short and stout\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/fallback/"
          },
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  404
                ],
                "to": "@api",
                "status": 0
              }
            ]
          }
        },
        {
          "match": {
            "kind": "named",
            "name": "api"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/named"
          },
          "tryFiles": {
            "paths": [
              "$uri"
            ],
            "otherwise": {
              "location": "api"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/redirected"
          },
          "steps": [
            {
              "do": "return",
              "status": 403
            }
          ],
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  403
                ],
                "to": "https://example.com/login"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ok-404"
          },
          "steps": [
            {
              "do": "return",
              "status": 404
            }
          ],
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  404
                ],
                "to": "/empty.gif",
                "status": 200
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/loop/"
          },
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  404
                ],
                "to": "/loop/again"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/own"
          },
          "steps": [
            {
              "do": "return",
              "status": 418
            }
          ],
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  418
                ],
                "to": "/404.html"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/empty"
          },
          "steps": [
            {
              "do": "return",
              "status": 204
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/recursive/"
          },
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  404
                ],
                "to": "/nowhere"
              }
            ],
            "recursiveErrorPages": true
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/return-503"
          },
          "steps": [
            {
              "do": "return",
              "status": 503
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/return-999"
          },
          "steps": [
            {
              "do": "return",
              "status": 599
            }
          ]
        }
      ]
    }
  ],
  "peers": {
    "api": {
      "binding": "API"
    },
    "down": {
      "binding": "DOWN"
    }
  }
};
