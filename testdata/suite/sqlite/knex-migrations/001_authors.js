exports.up = async (knex) => {
  await knex.schema.createTable("authors", (table) => {
    table.increments("id");
    table.string("name").notNullable().unique();
    table.timestamps(true, true);
  });
  await knex.schema.createTable("books", (table) => {
    table.increments("id");
    table.string("title");
    table.integer("author_id").references("authors.id").onDelete("CASCADE");
  });
  await knex("authors").insert([{ name: "Ann" }, { name: "Ben" }]);
};
exports.down = (knex) => knex.schema.dropTable("books").dropTable("authors");
