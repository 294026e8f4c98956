import type { GatewayConfig } from "../../../../src/gateway/config.ts";

export const config: GatewayConfig = {
  "entry": {
    "http": 80,
    "https": 80
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
            "pass": "http://loadbalancer"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/weighted/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://weighted"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/backup/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://with_backup"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/failing/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "Host",
                "value": "$host"
              }
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://failing"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/retry/"
          },
          "settings": {
            "nextUpstream": [
              "error",
              "timeout",
              "http_503"
            ]
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://retrying/",
            "prefix": "/retry/"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/alldown/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://alldown"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/sticky/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://sticky"
          }
        }
      ]
    }
  ],
  "upstreams": [
    {
      "name": "loadbalancer",
      "servers": [
        {
          "address": "web1:5000"
        },
        {
          "address": "web2:5000"
        }
      ]
    },
    {
      "name": "weighted",
      "servers": [
        {
          "address": "web1:5000",
          "weight": 3
        },
        {
          "address": "web2:5000"
        },
        {
          "address": "web3:5000",
          "down": true
        }
      ]
    },
    {
      "name": "with_backup",
      "servers": [
        {
          "address": "down:1",
          "maxFails": 0
        },
        {
          "address": "web3:5000",
          "backup": true
        }
      ]
    },
    {
      "name": "failing",
      "servers": [
        {
          "address": "down:1"
        },
        {
          "address": "web2:5000"
        }
      ]
    },
    {
      "name": "retrying",
      "servers": [
        {
          "address": "web1:5000"
        },
        {
          "address": "web2:5000"
        }
      ]
    },
    {
      "name": "alldown",
      "servers": [
        {
          "address": "down:1"
        },
        {
          "address": "down:2"
        }
      ]
    },
    {
      "name": "sticky",
      "servers": [
        {
          "address": "web1:5000"
        }
      ],
      "balance": "ip-hash"
    }
  ],
  "peers": {
    "down": {
      "binding": "DOWN"
    },
    "web1": {
      "binding": "WEB1"
    },
    "web2": {
      "binding": "WEB2"
    },
    "web3": {
      "binding": "WEB3"
    }
  }
};
