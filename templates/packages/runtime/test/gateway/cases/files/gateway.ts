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
        "root": "/srv/www",
        "index": [
          "index.html"
        ]
      },
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/alias/"
          },
          "settings": {
            "alias": {
              "path": "/srv/other/",
              "prefix": "/alias/"
            }
          }
        },
        {
          "match": {
            "kind": "regex",
            "regex": {
              "pattern": "^/aliasre/(.+)$"
            }
          },
          "settings": {
            "alias": {
              "path": "/srv/other/$1"
            }
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/one"
          },
          "settings": {
            "alias": {
              "path": "/srv/other/a.txt",
              "prefix": "/one"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/nested/"
          },
          "settings": {
            "root": "/srv"
          },
          "locations": [
            {
              "match": {
                "kind": "prefix",
                "path": "/nested/b"
              },
              "settings": {
                "addHeaders": [
                  {
                    "name": "X-Nested",
                    "value": "yes"
                  }
                ]
              }
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/abs/"
          },
          "settings": {
            "index": [
              "none.html",
              "/fallback.html"
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/types/"
          },
          "settings": {
            "types": "types-1",
            "defaultType": "text/x-default"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/downloads/"
          },
          "settings": {
            "defaultType": "application/x-dl",
            "addHeaders": [
              {
                "name": "Content-Disposition",
                "value": "attachment"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/try/"
          },
          "tryFiles": {
            "paths": [
              "$uri",
              "$uri.html"
            ],
            "otherwise": {
              "uri": "/index.html?from=$uri"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/try404/"
          },
          "tryFiles": {
            "paths": [
              "$uri"
            ],
            "otherwise": {
              "status": 404
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/trydir/"
          },
          "tryFiles": {
            "paths": [
              "$uri/"
            ],
            "otherwise": {
              "location": "api"
            }
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
            "path": "/accel/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/protected/"
          },
          "internal": true,
          "settings": {
            "alias": {
              "path": "/srv/other/",
              "prefix": "/protected/"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/ssi/"
          },
          "settings": {
            "ssi": true
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/ssi/part"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/text/part",
            "prefix": "/ssi/part"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/gif"
          },
          "handler": {
            "kind": "empty-gif"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/noidx/"
          },
          "settings": {
            "alias": {
              "path": "/srv/other/",
              "prefix": "/noidx/"
            },
            "index": [
              "nothing.html"
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/try"
          },
          "tryFiles": {
            "paths": [
              "$uri"
            ],
            "otherwise": {
              "location": "api"
            }
          }
        }
      ]
    }
  ],
  "mimeTypes": {
    "types-1": {
      "foo": "text/x-foo"
    }
  },
  "peers": {
    "api": {
      "binding": "API"
    }
  }
};
