// oidc-provider: discovery, keys, client credentials, introspection, errors.
import Provider from "oidc-provider";

const provider = new Provider("http://localhost:3000", {
  clients: [
    {
      client_id: "machine",
      client_secret: "machine secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
  scopes: ["api:read"],
});
provider.listen(3000);
