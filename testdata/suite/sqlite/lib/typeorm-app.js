// The same program with each of TypeORM's drivers for SQLite.
const express = require("express");
const { DataSource, EntitySchema, In, Like, MoreThan } = require("typeorm");

const User = new EntitySchema({
  name: "User",
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: { type: String, unique: true },
    age: { type: Number, nullable: true },
    born: { type: "datetime", nullable: true },
    settings: { type: "simple-json", nullable: true },
  },
  relations: { photos: { type: "one-to-many", target: "Photo", inverseSide: "user", cascade: true } },
});
const Photo = new EntitySchema({
  name: "Photo",
  columns: { id: { type: Number, primary: true, generated: true }, url: { type: String }, data: { type: "blob", nullable: true } },
  relations: { user: { type: "many-to-one", target: "User", inverseSide: "photos", onDelete: "CASCADE" } },
});

module.exports = async function start(options) {
  const source = await new DataSource({ ...options, entities: [User, Photo], synchronize: true }).initialize();
  const users = source.getRepository("User");
  const app = express();
  app.use(express.json());
  const wrap = (work) => (req, res) =>
    work(req).then(
      (value) => res.json(value ?? null),
      (error) => res.status(400).json({ name: error.name, message: error.message, code: error.driverError?.code ?? error.code }),
    );
  app.get("/users", wrap(() => users.find({ relations: { photos: true }, order: { id: "ASC", photos: { id: "ASC" } } })));
  app.post("/users", wrap((req) => users.save({ ...req.body, born: req.body.born && new Date(req.body.born) })));
  app.get("/users/:id", wrap((req) => users.findOne({ where: { id: Number(req.params.id) }, relations: { photos: true } })));
  app.get("/search", wrap((req) => users.findAndCount({ where: [{ name: Like(`%${req.query.q}%`) }, { age: MoreThan(50) }, { id: In([1]) }], order: { id: "ASC" }, take: 5 })));
  app.get("/query", wrap(() => users.createQueryBuilder("u").leftJoin("u.photos", "p").select("u.name", "name").addSelect("COUNT(p.id)", "photos").groupBy("u.id").orderBy("u.id").getRawMany()));
  app.post(
    "/transaction",
    wrap((req) =>
      source.transaction(async (manager) => {
        const user = await manager.save("User", { name: req.body.name });
        await manager.save("Photo", { url: "x.png", user });
        if (req.body.fail) throw new Error("rolled back");
        return manager.count("Photo");
      }),
    ),
  );
  app.post("/upsert", wrap(async (req) => (await users.upsert(req.body, ["name"])).identifiers));
  app.patch("/users/:id", wrap(async (req) => (await users.update(req.params.id, req.body)).affected ?? null));
  app.delete("/users/:id", wrap(async (req) => [(await users.delete(req.params.id)).affected ?? null, await source.getRepository("Photo").count()]));
  app.get("/blob", wrap(async () => {
    const photos = source.getRepository("Photo");
    const { id } = await photos.save({ url: "data", data: Buffer.from([1, 2, 250]) });
    const [{ data }] = await source.query("SELECT data FROM photo WHERE id = ?", [id]);
    await photos.delete(id);
    return [...data];
  }));
  app.listen(process.env.PORT || 3000);
};
