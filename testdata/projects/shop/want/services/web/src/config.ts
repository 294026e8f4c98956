import type { GatewayConfig } from "@dock2edge/runtime/gateway";

export const config: GatewayConfig = {
  entry: {
    http: 80,
    https: 80
  },
  files: [
    {
      assets: "/",
      path: "/usr/share/nginx/html"
    }
  ],
  peers: {
    api: {
      binding: "API"
    }
  },
  servers: [
    {
      listen: [
        {
          port: 80
        }
      ],
      settings: {
        root: "/usr/share/nginx/html"
      },
      locations: [
        {
          match: {
            kind: "prefix",
            path: "/"
          },
          settings: {
            addHeaders: [
              {
                name: "X-Frame-Options",
                value: "DENY"
              }
            ]
          },
          tryFiles: {
            paths: [
              "$uri",
              "$uri/"
            ],
            otherwise: {
              uri: "/index.html"
            }
          }
        },
        {
          match: {
            kind: "prefix",
            path: "/assets/"
          },
          settings: {
            expires: {
              value: "7d"
            }
          }
        },
        {
          match: {
            kind: "prefix",
            path: "/api/"
          },
          settings: {
            proxyHeaders: [
              {
                name: "Host",
                value: "$host"
              },
              {
                name: "X-Forwarded-Prefix",
                value: "/api"
              }
            ]
          },
          handler: {
            kind: "proxy",
            pass: "http://api/",
            prefix: "/api/"
          }
        },
        {
          match: {
            kind: "exact",
            path: "/healthz"
          },
          steps: [
            {
              do: "return",
              status: 200,
              text: "ok\n"
            }
          ],
          settings: {
            defaultType: "text/plain"
          }
        }
      ]
    }
  ],
  settings: {
    types: "mime.types",
    defaultType: "application/octet-stream"
  },
  upstreams: [
    {
      name: "api",
      servers: [
        {
          address: "api:3000"
        }
      ]
    }
  ]
};
