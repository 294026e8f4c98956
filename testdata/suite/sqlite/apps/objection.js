const express = require("express");
const Knex = require("knex");
const { Model, UniqueViolationError } = require("objection");

const knex = Knex({ client: "sqlite3", useNullAsDefault: true, connection: { filename: ":memory:" } });
Model.knex(knex);

class Animal extends Model {
  static tableName = "animals";
}
class Person extends Model {
  static tableName = "persons";
  static relationMappings = {
    pets: { relation: Model.HasManyRelation, modelClass: Animal, join: { from: "persons.id", to: "animals.ownerId" } },
    children: { relation: Model.HasManyRelation, modelClass: Person, join: { from: "persons.id", to: "persons.parentId" } },
  };
}

async function main() {
  await knex.schema.createTable("persons", (table) => {
    table.increments("id");
    table.string("name").unique();
    table.integer("parentId").references("persons.id");
  });
  await knex.schema.createTable("animals", (table) => {
    table.increments("id");
    table.string("name");
    table.integer("ownerId").references("persons.id");
  });
  const app = express();
  app.use(express.json());
  app.post("/graph", async (req, res) => res.json(await Person.query().insertGraph(req.body)));
  app.get("/persons", async (req, res) => res.json(await Person.query().withGraphFetched("[pets, children.pets]").whereNull("parentId").orderBy("id")));
  app.patch("/persons/:id", async (req, res) => res.json(await Person.query().patchAndFetchById(req.params.id, req.body)));
  app.get("/joined", async (req, res) => res.json(await Person.query().joinRelated("pets").select("persons.name", "pets.name as pet").orderBy("pets.id")));
  app.use((error, req, res, next) =>
    res.status(error instanceof UniqueViolationError ? 409 : 400).json({ name: error.name, message: error.message, columns: error.columns }),
  );
  app.listen(process.env.PORT || 3000);
}
main();
