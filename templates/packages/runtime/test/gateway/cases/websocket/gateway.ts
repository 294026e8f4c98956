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
      "locations": [
        {
          "match": {
            "kind": "prefix",
            "path": "/ws/"
          },
          "settings": {
            "proxyHeaders": [
              {
                "name": "Upgrade",
                "value": "$http_upgrade"
              },
              {
                "name": "Connection",
                "value": "$connection_upgrade"
              }
            ],
            "proxyReadTimeout": 86400
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://chat:4000"
          }
        },
        {
          "match": {
            "kind": "prefix",
            "path": "/plain/"
          },
          "handler": {
            "kind": "proxy",
            "pass": "http://chat:4000"
          }
        }
      ]
    }
  ],
  "maps": [
    {
      "variable": "connection_upgrade",
      "source": "$http_upgrade",
      "default": "upgrade",
      "entries": [
        {
          "value": "",
          "to": "close"
        }
      ]
    }
  ],
  "peers": {
    "chat": {
      "binding": "CHAT"
    }
  }
};
