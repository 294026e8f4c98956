// MikroORM on MySQL with entity schemas and a schema made at start.
const express = require("express");
const { EntitySchema, MikroORM, RequestContext } = require("@mikro-orm/mysql");

const Recipe = new EntitySchema({
  name: "Recipe",
  tableName: "mk_recipes",
  properties: {
    id: { type: "number", primary: true },
    title: { type: "string", unique: true },
    steps: { type: "json" },
    minutes: { type: "number", default: 10 },
  },
});

(async () => {
  const orm = await MikroORM.init({ clientUrl: process.env.DATABASE_URL, entities: [Recipe] });
  await orm.em.getConnection().execute("drop table if exists mk_recipes");
  await orm.em
    .getConnection()
    .execute(
      "create table mk_recipes (id int unsigned not null auto_increment primary key, title varchar(255) not null unique, steps json not null, minutes int not null default 10)",
    );
  const setup = orm.em.fork();
  setup.create("Recipe", { title: "bread", steps: ["mix", "wait", "bake"], minutes: 90 });
  setup.create("Recipe", { title: "tea", steps: ["boil"] });
  await setup.flush();

  const app = express();
  app.use(express.json());
  app.use((req, res, next) => RequestContext.create(orm.em, next));
  app.get("/recipes", async (req, res) =>
    res.json(
      await orm.em.find("Recipe", { minutes: { $gte: Number(req.query.min ?? 0) } }, { orderBy: { title: "asc" } }),
    ),
  );
  app.get("/recipes/:id", async (req, res) => {
    const recipe = await orm.em.findOne("Recipe", Number(req.params.id));
    res.status(recipe ? 200 : 404).json(recipe ?? { error: "no such recipe" });
  });
  app.post("/recipes", async (req, res) => {
    const recipe = orm.em.create("Recipe", req.body);
    await orm.em.flush();
    res.status(201).json(recipe);
  });
  app.patch("/recipes/:id", async (req, res) => {
    const recipe = await orm.em.findOneOrFail("Recipe", Number(req.params.id));
    orm.em.assign(recipe, req.body);
    await orm.em.flush();
    res.json(recipe);
  });
  app.use((error, req, res, next) => res.status(422).json({ name: error.name, code: error.code }));
  app.listen(3000);
})();
