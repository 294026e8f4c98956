exports.up = async (knex) => {
  await knex.schema.createTable("knex_articles", (table) => {
    table.increments();
    table.string("title").notNullable();
    table.integer("words").defaultTo(0);
    table.integer("author_id").references("id").inTable("knex_authors").onDelete("CASCADE");
  });
  await knex.schema.alterTable("knex_articles", (table) => table.index(["author_id"]));
};

exports.down = (knex) => knex.schema.dropTable("knex_articles");
