const express = require("express");
const { DataTypes, Op, Sequelize } = require("sequelize");

const sequelize = new Sequelize({ dialect: "sqlite", storage: "shop.sqlite", logging: false });
const Customer = sequelize.define("Customer", {
  name: { type: DataTypes.STRING, allowNull: false, validate: { len: [2, 20] } },
  email: { type: DataTypes.STRING, unique: true },
  tags: DataTypes.JSON,
});
const Order = sequelize.define("Order", { total: DataTypes.DECIMAL(10, 2), paid: { type: DataTypes.BOOLEAN, defaultValue: false } });
Customer.hasMany(Order, { onDelete: "CASCADE" });
Order.belongsTo(Customer);

const plain = (row) => {
  const { createdAt, updatedAt, ...rest } = row.get ? row.get({ plain: true }) : row;
  return rest;
};

async function main() {
  await sequelize.sync();
  const app = express();
  app.use(express.json());
  const wrap = (work) => (req, res) =>
    work(req).then(
      (value) => res.json(value ?? null),
      (error) => res.status(400).json({ name: error.name, message: error.message, fields: error.fields, original: error.parent?.message }),
    );
  app.get("/customers", wrap(async () => (await Customer.findAll({ order: ["id"] })).map(plain)));
  app.post("/customers", wrap(async (req) => plain(await Customer.create(req.body))));
  app.post("/customers/:id/orders", wrap(async (req) => plain(await Order.create({ ...req.body, CustomerId: req.params.id }))));
  app.get(
    "/customers/:id",
    wrap(async (req) => {
      const found = await Customer.findByPk(req.params.id, { include: [{ model: Order, attributes: ["id", "total", "paid"] }] });
      return found && plain(found);
    }),
  );
  app.get("/search", wrap(async (req) => (await Customer.findAll({ where: { name: { [Op.like]: `%${req.query.q}%` } } })).map(plain)));
  app.post("/upsert", wrap(async (req) => (await Customer.upsert(req.body))[1]));
  app.post(
    "/transaction",
    wrap(async (req) =>
      sequelize.transaction(async (transaction) => {
        const customer = await Customer.create({ name: "Trans", email: req.body.email }, { transaction });
        await Order.create({ total: 5, CustomerId: customer.id }, { transaction });
        if (req.body.fail) throw new Error("rolled back");
        return Order.count({ where: { CustomerId: customer.id }, transaction });
      }),
    ),
  );
  app.get("/totals", wrap(() => Order.findAll({ attributes: ["CustomerId", [sequelize.fn("SUM", sequelize.col("total")), "sum"]], group: "CustomerId", order: ["CustomerId"], raw: true })));
  app.get("/parallel", wrap(() => Promise.all(Array.from({ length: 8 }, (_, i) => sequelize.query("SELECT ? AS n", { replacements: [i], plain: true })))));
  app.delete("/customers/:id", wrap(async (req) => [await Customer.destroy({ where: { id: req.params.id } }), await Order.count()]));
  app.get("/describe", wrap(() => sequelize.getQueryInterface().describeTable("Orders")));
  app.listen(process.env.PORT || 3000);
}
main();
