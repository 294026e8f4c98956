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
        "addHeaders": [
          {
            "name": "X-Level",
            "value": "server"
          }
        ],
        "errorPages": [
          {
            "statuses": [
              405
            ],
            "to": "$uri",
            "status": 200
          }
        ],
        "maxBodySize": 10,
        "proxyHeaders": [
          {
            "name": "X-From",
            "value": "server"
          }
        ],
        "proxyHideHeaders": [
          "X-Upstream"
        ]
      },
      "tryFiles": {
        "paths": [
          "$uri"
        ],
        "otherwise": {
          "uri": "/index.html"
        }
      },
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/api"
          },
          "settings": {
            "addHeaders": [
              {
                "name": "X-Level",
                "value": "location"
              }
            ],
            "proxyHeaders": [
              {
                "name": "Cookie",
                "value": ""
              }
            ],
            "proxyCookieDomains": [
              {
                "from": "api.internal",
                "to": "$host"
              }
            ],
            "proxyCookiePaths": [
              {
                "from": "/base/",
                "to": "/"
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
            "path": "/headers"
          },
          "settings": {
            "proxyPassRequestHeaders": false
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/body"
          },
          "settings": {
            "maxBodySize": 0,
            "proxyMethod": "PUT",
            "proxyBody": "set $request_uri"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/redirects"
          },
          "settings": {
            "proxyRedirects": [
              {
                "from": "http://old.test/",
                "to": "/moved/"
              },
              {
                "from": {
                  "pattern": "^https://(\\w+)\\.old\\.test/(.*)$"
                },
                "to": "https://$1.new.test/$2"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/redirects"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/noredirect/"
          },
          "settings": {
            "proxyRedirects": "off"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/",
            "prefix": "/noredirect/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/relative"
          },
          "steps": [
            {
              "do": "return",
              "status": 301,
              "location": "/target"
            }
          ],
          "settings": {
            "absoluteRedirect": false
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/named-host"
          },
          "steps": [
            {
              "do": "return",
              "status": 301,
              "location": "/target"
            }
          ],
          "settings": {
            "serverNameInRedirect": true
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/padding"
          },
          "steps": [
            {
              "do": "return",
              "status": 404
            }
          ],
          "settings": {
            "msiePadding": false
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/dir"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/inject"
          },
          "steps": [
            {
              "do": "return",
              "status": 302,
              "location": "/to$uri"
            }
          ]
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/app/"
          },
          "settings": {
            "alias": {
              "path": "/srv/other/",
              "prefix": "/app/"
            }
          },
          "tryFiles": {
            "paths": [
              "$uri",
              "$uri/"
            ],
            "otherwise": {
              "uri": "/app/index.html"
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/static-try/"
          },
          "settings": {
            "alias": {
              "path": "/srv/other/",
              "prefix": "/static-try/"
            }
          },
          "tryFiles": {
            "paths": [
              "known.txt"
            ],
            "otherwise": {
              "status": 404
            }
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/forbidden/"
          },
          "settings": {
            "errorPages": [
              {
                "statuses": [
                  403
                ],
                "to": "/forbidden/403.html"
              }
            ],
            "access": [
              {
                "allow": false,
                "from": "all"
              }
            ]
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/plus"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://api:3000/plus",
            "prefix": "/plus"
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
