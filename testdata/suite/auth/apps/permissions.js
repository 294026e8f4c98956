// Who may do what: CASL abilities and accesscontrol roles.
const express = require("express");
const { AbilityBuilder, createMongoAbility, ForbiddenError, subject } = require("@casl/ability");
const { AccessControl } = require("accesscontrol");

function abilityOf(user) {
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility);
  can("read", "Article", { published: true });
  if (user) {
    can(["update", "delete"], "Article", { authorId: user.id });
    cannot("delete", "Article", { published: true }).because("published articles stay");
  }
  if (user?.admin) can("manage", "all");
  return build();
}
const articles = [
  { id: 1, published: true, authorId: 1 },
  { id: 2, published: false, authorId: 1 },
  { id: 3, published: false, authorId: 2 },
];
const users = { ann: { id: 1 }, root: { id: 9, admin: true } };
const ac = new AccessControl();
ac.grant("user").readAny("video", ["*", "!secret"]).updateOwn("video", ["title"]);
ac.grant("admin").extend("user").deleteAny("video");

const app = express();
app.get("/articles", (req, res) => {
  const ability = abilityOf(users[req.query.as]);
  res.json(articles.filter((article) => ability.can("read", subject("Article", { ...article }))).map(({ id }) => id));
});
app.delete("/articles/:id", (req, res) => {
  const article = articles.find(({ id }) => id === Number(req.params.id));
  ForbiddenError.from(abilityOf(users[req.query.as])).throwUnlessCan("delete", subject("Article", { ...article }));
  res.json({ deleted: article.id });
});
app.get("/video", (req, res) => {
  const permission = ac.can(req.query.role ?? "user").readAny("video");
  res.json({
    granted: permission.granted,
    video: permission.filter({ title: "t", secret: "s" }),
    update: ac.can("user").updateOwn("video").attributes,
    delete: ac.can(req.query.role ?? "user").deleteAny("video").granted,
  });
});
app.use((error, req, res, next) =>
  res.status(error instanceof ForbiddenError ? 403 : 422).json({ message: error.message }),
);
app.listen(3000);
