// Objection: models on Knex with relations, graphs and JSON schema validation.
const express = require("express");
const Knex = require("knex");
const { Model, ForeignKeyViolationError, ValidationError, NotFoundError } = require("objection");

const knex = Knex({ client: "pg", connection: process.env.DATABASE_URL });
Model.knex(knex);

class Animal extends Model {
  static tableName = "ob_animals";
  static jsonSchema = {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string", minLength: 2 }, species: { type: "string" } },
  };
}
class Person extends Model {
  static tableName = "ob_persons";
  static jsonSchema = {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  };
  static relationMappings = {
    pets: {
      relation: Model.HasManyRelation,
      modelClass: Animal,
      join: { from: "ob_persons.id", to: "ob_animals.ownerId" },
    },
  };
  static modifiers = { adults: (query) => query.where("age", ">=", 18) };
}

const app = express();
app.use(express.json());
app.get("/persons", async (req, res) => res.json(await Person.query().withGraphFetched("pets").orderBy("id")));
app.get("/adults", async (req, res) =>
  res.json(await Person.query().modify("adults").withGraphJoined("pets").orderBy(["ob_persons.id", "pets.id"])),
);
app.get("/persons/:id", async (req, res) => res.json(await Person.query().findById(req.params.id).throwIfNotFound()));
app.post("/persons", async (req, res) => res.status(201).json(await Person.query().insertGraph(req.body)));
app.patch("/persons/:id", async (req, res) =>
  res.json(await Person.query().patchAndFetchById(req.params.id, req.body)),
);
app.post("/orphans", async (req, res) => res.json(await Animal.query().insert({ name: "Stray", ownerId: 99 })));
app.post("/rollback", async (req, res) => {
  const message = await Person.transaction(async (trx) => {
    await Person.query(trx).delete();
    throw new Error("no");
  }).catch((error) => error.message);
  res.json({ message, persons: await Person.query().resultSize() });
});
app.use((error, req, res, next) => {
  if (error instanceof ValidationError) return res.status(400).json(error.data);
  if (error instanceof NotFoundError) return res.status(404).json({ error: "not found" });
  if (error instanceof ForeignKeyViolationError)
    return res.status(409).json({ table: error.table, constraint: error.constraint });
  res.status(422).json({ name: error.name, message: error.message });
});

(async () => {
  await knex.schema.dropTableIfExists("ob_animals").dropTableIfExists("ob_persons");
  await knex.schema.createTable("ob_persons", (t) => (t.increments(), t.string("name"), t.integer("age")));
  await knex.schema.createTable(
    "ob_animals",
    (t) => (
      t.increments(),
      t.string("name"),
      t.string("species"),
      t.integer("ownerId").references("ob_persons.id").onDelete("cascade")
    ),
  );
  await Person.query().insertGraph([
    {
      name: "Ann",
      age: 40,
      pets: [
        { name: "Rex", species: "dog" },
        { name: "Tom", species: "cat" },
      ],
    },
    { name: "Ben", age: 12 },
  ]);
  app.listen(3000);
})();
