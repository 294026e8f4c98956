exports.up = (knex) =>
  knex.schema.alterTable("books", (table) => {
    table.integer("pages").defaultTo(0);
    table.string("title", 100).notNullable().alter();
  });
exports.down = (knex) => knex.schema.alterTable("books", (table) => table.dropColumn("pages"));
