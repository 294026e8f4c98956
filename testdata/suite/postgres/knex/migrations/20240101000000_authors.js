exports.up = (knex) =>
  knex.schema.createTable("knex_authors", (table) => {
    table.increments();
    table.string("name").notNullable().unique();
  });

exports.down = (knex) => knex.schema.dropTable("knex_authors");
