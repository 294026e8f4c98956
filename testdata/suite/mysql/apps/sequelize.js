// Sequelize on MySQL: associations, eager loading, transactions managed by cls, raw queries.
const express = require("express");
const { AsyncLocalStorage } = require("node:async_hooks");
const { Sequelize, DataTypes, QueryTypes } = require("sequelize");

const sequelize = new Sequelize(process.env.DATABASE_URL, { dialect: "mysql", logging: false });
const Team = sequelize.define(
  "team",
  { name: { type: DataTypes.STRING(30), unique: "name" } },
  { tableName: "sq_teams", timestamps: false },
);
const Player = sequelize.define(
  "player",
  {
    name: DataTypes.STRING,
    goals: { type: DataTypes.INTEGER, defaultValue: 0, validate: { min: 0 } },
    born: DataTypes.DATEONLY,
  },
  { tableName: "sq_players", timestamps: false },
);
Team.hasMany(Player);
Player.belongsTo(Team);

const requests = new AsyncLocalStorage();
const app = express();
app.use(express.json());
app.use((req, res, next) => requests.run({ path: req.path }, next));

app.get("/teams", async (req, res) => {
  const teams = await Team.findAll({ include: Player, order: ["id", [Player, "id", "ASC"]] });
  res.json({ path: requests.getStore().path, teams });
});
app.get("/raw", async (req, res) =>
  res.json(
    await sequelize.query("SELECT name, goals FROM sq_players WHERE goals > :goals ORDER BY id", {
      replacements: { goals: 1 },
      type: QueryTypes.SELECT,
    }),
  ),
);
app.get("/bind", async (req, res) =>
  res.json(await sequelize.query("SELECT $a AS a, $b AS b", { bind: { a: 1, b: "two" }, type: QueryTypes.SELECT })),
);
app.post("/players", async (req, res) => res.status(201).json(await Player.create(req.body)));
app.post("/goals/:id", async (req, res) => {
  await Player.increment("goals", { where: { id: req.params.id } });
  const player = await Player.findByPk(req.params.id);
  if (!player) return res.status(404).json({ error: "no such player" });
  res.json(player);
});
app.post("/teams", async (req, res) => {
  const team = await sequelize.transaction(async (transaction) => {
    const team = await Team.create({ name: req.body.name }, { transaction });
    await team.createPlayer({ name: "captain" }, { transaction });
    return team;
  });
  res.status(201).json(team);
});
app.use((error, req, res, next) =>
  res.status(422).json({ name: error.name, errors: error.errors?.map(({ message }) => message) }),
);

(async () => {
  await sequelize.sync({ force: true });
  await Team.bulkCreate([{ name: "red" }, { name: "blue" }]);
  await Player.bulkCreate([
    { name: "ann", goals: 3, born: "1999-12-31", teamId: 1 },
    { name: "bob", goals: 1, teamId: 1 },
  ]);
  app.listen(3000);
})();
