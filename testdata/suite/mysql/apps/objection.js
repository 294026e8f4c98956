// Objection on MySQL through the classic mysql package.
const express = require("express");
const Knex = require("knex");
const { Model, UniqueViolationError, NotNullViolationError } = require("objection");

const knex = Knex({
  client: "mysql",
  connection: {
    host: process.env.MYSQL_HOST,
    user: process.env.MYSQL_USER,
    password: process.env.MYSQL_PASSWORD,
    database: process.env.MYSQL_DATABASE,
  },
});
Model.knex(knex);
class Movie extends Model {
  static tableName = "ob_movies";
  static relationMappings = () => ({
    actors: {
      relation: Model.ManyToManyRelation,
      modelClass: Actor,
      join: { from: "ob_movies.id", through: { from: "ob_cast.movieId", to: "ob_cast.actorId" }, to: "ob_actors.id" },
    },
  });
}
class Actor extends Model {
  static tableName = "ob_actors";
}

const app = express();
app.use(express.json());
app.get("/movies", async (req, res) =>
  res.json(
    await Movie.query()
      .withGraphFetched("actors(byName)")
      .modifiers({ byName: (q) => q.orderBy("name") })
      .orderBy("id"),
  ),
);
app.get("/page", async (req, res) =>
  res.json(
    await Movie.query()
      .orderBy("id")
      .page(Number(req.query.n ?? 0), 1),
  ),
);
app.post("/movies", async (req, res) => res.status(201).json(await Movie.query().insertGraph(req.body)));
app.use((error, req, res, next) => {
  if (error instanceof UniqueViolationError) return res.status(409).json({ columns: error.columns });
  if (error instanceof NotNullViolationError) return res.status(400).json({ column: error.column });
  res.status(422).json({ message: error.message });
});

(async () => {
  for (const table of ["ob_cast", "ob_actors", "ob_movies"]) await knex.schema.dropTableIfExists(table);
  await knex.schema.createTable("ob_movies", (t) => (t.increments(), t.string("title").notNullable().unique("title")));
  await knex.schema.createTable("ob_actors", (t) => (t.increments(), t.string("name")));
  await knex.schema.createTable(
    "ob_cast",
    (t) => (
      t.integer("movieId").unsigned().references("ob_movies.id"),
      t.integer("actorId").unsigned().references("ob_actors.id")
    ),
  );
  await Movie.query().insertGraph([
    { title: "Metropolis", actors: [{ name: "Helm" }, { name: "Abel" }] },
    { title: "M" },
  ]);
  app.listen(3000);
})();
