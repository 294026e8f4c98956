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
          "value": "localhost"
        }
      ],
      "settings": {
        "errorPages": [
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
            "kind": "prefix",
            "path": "/"
          },
          "settings": {
            "root": "/usr/share/nginx/html",
            "index": [
              "index.html",
              "index.htm"
            ]
          }
        },
        {
          "match": {
            "kind": "exact",
            "path": "/50x.html"
          },
          "settings": {
            "root": "/usr/share/nginx/html"
          }
        }
      ]
    }
  ],
  "peers": {}
};
