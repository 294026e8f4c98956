// Casbin: policies and a model in files, roles, patterns.
const path = require("node:path");
const express = require("express");
const { newEnforcer } = require("casbin");

(async () => {
  const enforcer = await newEnforcer(
    path.join(__dirname, "../casbin/model.conf"),
    path.join(__dirname, "../casbin/policy.csv"),
  );
  const app = express();
  app.use(express.json());
  app.get("/may", async (req, res) =>
    res.json({ may: await enforcer.enforce(req.query.user, req.query.path, req.query.method) }),
  );
  app.get("/roles/:user", async (req, res) =>
    res.json({
      roles: await enforcer.getImplicitRolesForUser(req.params.user),
      permissions: await enforcer.getImplicitPermissionsForUser(req.params.user),
    }),
  );
  app.post("/policies", async (req, res) => res.status(201).json({ added: await enforcer.addPolicy(...req.body) }));
  app.get("/policies", async (req, res) => res.json(await enforcer.getPolicy()));
  app.listen(3000);
})();
