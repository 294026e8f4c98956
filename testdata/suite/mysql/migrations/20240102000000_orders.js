exports.up = (knex) =>
  knex.schema.createTable("kx_orders", (table) => {
    table.increments();
    table.string("item");
    table.decimal("price", 8, 2);
    table.integer("customer_id").unsigned().references("kx_customers.id");
  });
exports.down = (knex) => knex.schema.dropTable("kx_orders");
