exports.up = (knex) =>
  knex.schema.createTable("kx_customers", (table) => (table.increments(), table.string("name").notNullable()));
exports.down = (knex) => knex.schema.dropTable("kx_customers");
