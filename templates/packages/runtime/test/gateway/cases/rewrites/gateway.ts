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
          "value": "_"
        }
      ],
      "steps": [
        {
          "do": "set",
          "variable": "greeting",
          "value": "hello"
        },
        {
          "do": "rewrite",
          "regex": {
            "pattern": "^/old/(.*)$"
          },
          "replacement": "/new/$1",
          "flag": "permanent"
        },
        {
          "do": "rewrite",
          "regex": {
            "pattern": "^/old-temp/(.*)$"
          },
          "replacement": "/new/$1",
          "flag": "redirect"
        },
        {
          "do": "if",
          "when": {
            "test": "set",
            "value": "$http_x_blocked"
          },
          "steps": [
            {
              "do": "return",
              "status": 403
            }
          ]
        }
      ],
      "settings": {
        "root": "/usr/share/nginx/html"
      },
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/blog/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/blog/(\\d{4})/(.+)$"
              },
              "replacement": "/posts?year=$1&slug=$2",
              "flag": "last"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/posts"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/noargs/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/noargs/(.*)$"
              },
              "replacement": "/posts/$1?",
              "flag": "last"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/search/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/search/(.*)$"
              },
              "replacement": "/posts?q=$1",
              "flag": "last"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/r/abs"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^"
              },
              "replacement": "https://other.test/there"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/scheme"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/(.*)$"
              },
              "replacement": "$scheme://other.test/$1",
              "flag": "permanent"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/loop"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^"
              },
              "replacement": "/loop",
              "flag": "last"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/cycle/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/cycle/a"
              },
              "replacement": "/cycle/b",
              "flag": "last"
            },
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/cycle/b"
              },
              "replacement": "/cycle/a",
              "flag": "last"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/break/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/break/(.*)$"
              },
              "replacement": "/broken/$1",
              "flag": "break"
            }
          ],
          "handler": {
            "kind": "proxy",
            "pass": "http://web"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/chain"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/chain$"
              },
              "replacement": "/chain2"
            },
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^/chain2$"
              },
              "replacement": "/posts/chained"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret"
          },
          "steps": [
            {
              "do": "return",
              "status": 200
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-text"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "$greeting $uri $args\n"
            }
          ],
          "settings": {
            "defaultType": "text/plain"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-json"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "{\"ok\": true, \"host\": \"$host\"}"
            }
          ],
          "settings": {
            "defaultType": "application/json",
            "addHeaders": [
              {
                "name": "X-Always",
                "value": "yes",
                "always": true
              },
              {
                "name": "X-Ok",
                "value": "yes"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-200-empty"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": ""
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-301"
          },
          "steps": [
            {
              "do": "return",
              "status": 301,
              "location": "https://$host$request_uri"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-relative"
          },
          "steps": [
            {
              "do": "return",
              "status": 302,
              "location": "/elsewhere"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ret-code"
          },
          "steps": [
            {
              "do": "return",
              "status": 404,
              "text": "custom\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/if/"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "matches",
                "value": "$http_user_agent",
                "regex": {
                  "pattern": "(iphone|android)",
                  "ignoreCase": true
                }
              },
              "steps": [
                {
                  "do": "rewrite",
                  "regex": {
                    "pattern": "^"
                  },
                  "replacement": "/posts/mobile",
                  "flag": "last"
                }
              ]
            }
          ],
          "handler": {
            "kind": "proxy",
            "pass": "http://web"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/cors"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "equal",
                "value": "$request_method",
                "to": "OPTIONS"
              },
              "steps": [
                {
                  "do": "return",
                  "status": 204
                }
              ],
              "settings": {
                "addHeaders": [
                  {
                    "name": "Access-Control-Allow-Origin",
                    "value": "$http_origin"
                  },
                  {
                    "name": "Access-Control-Allow-Methods",
                    "value": "GET, POST"
                  },
                  {
                    "name": "Content-Length",
                    "value": "0"
                  }
                ]
              }
            }
          ],
          "settings": {
            "addHeaders": [
              {
                "name": "Access-Control-Allow-Origin",
                "value": "$http_origin",
                "always": true
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
            "path": "/arg"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "set",
                "value": "$arg_debug"
              },
              "steps": [
                {
                  "do": "return",
                  "status": 200,
                  "text": "debug\n"
                }
              ]
            },
            {
              "do": "return",
              "status": 200,
              "text": "plain\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/cookie"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "equal",
                "value": "$cookie_beta",
                "to": "yes"
              },
              "steps": [
                {
                  "do": "return",
                  "status": 200,
                  "text": "beta\n"
                }
              ]
            },
            {
              "do": "return",
              "status": 200,
              "text": "stable\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/file/"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "file",
                "path": "$request_filename",
                "not": true
              },
              "steps": [
                {
                  "do": "rewrite",
                  "regex": {
                    "pattern": "^"
                  },
                  "replacement": "/posts/nofile",
                  "flag": "last"
                }
              ]
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/slash/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://web"
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "^(.+[^/])/noslash/$"
            }
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "no"
            }
          ]
        },
        {
          "match": {
            "kind": "exact",
            "path": "/noslash/"
          },
          "steps": [
            {
              "do": "rewrite",
              "regex": {
                "pattern": "^(.*)/$"
              },
              "replacement": "$1",
              "flag": "permanent"
            }
          ]
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "^/caps/([a-z]+)$",
              "ignoreCase": true
            }
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "caps $1\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/nested/"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "outer\n"
            }
          ],
          "locations": [
            {
              "match": {
                "kind": "prefix",
                "path": "/nested/a/"
              },
              "steps": [
                {
                  "do": "return",
                  "status": 200,
                  "text": "a\n"
                }
              ]
            },
            {
              "match": {
                "kind": "regex",
                "regex": {
                  "pattern": "\\.json$"
                }
              },
              "steps": [
                {
                  "do": "return",
                  "status": 200,
                  "text": "json\n"
                }
              ]
            }
          ]
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "\\.php$"
            }
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "php\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix-only",
            "path": "/prio/"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "prio\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/plainprio/"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "plain\n"
            }
          ]
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "^/named-group/(?<word>\\w+)/(?<num>[0-9]+)$"
            }
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "$word-$num-$1\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/set"
          },
          "steps": [
            {
              "do": "set",
              "variable": "a",
              "value": "1"
            },
            {
              "do": "set",
              "variable": "b",
              "value": "${a}2"
            },
            {
              "do": "set",
              "variable": "a",
              "value": ""
            },
            {
              "do": "return",
              "status": 200,
              "text": "[$a][$b][$greeting]\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ifmethod"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "matches",
                "value": "$request_method",
                "regex": {
                  "pattern": "^(GET|HEAD)$"
                },
                "not": true
              },
              "steps": [
                {
                  "do": "return",
                  "status": 405
                }
              ]
            },
            {
              "do": "return",
              "status": 200,
              "text": "read\n"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/neg"
          },
          "steps": [
            {
              "do": "if",
              "when": {
                "test": "equal",
                "value": "$host",
                "to": "nowhere.test",
                "not": true
              },
              "steps": [
                {
                  "do": "return",
                  "status": 200,
                  "text": "not nowhere\n"
                }
              ]
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/empty-group/"
          },
          "steps": [
            {
              "do": "return",
              "status": 200,
              "text": "$uri\n"
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
    "web": {
      "binding": "WEB"
    }
  }
};
