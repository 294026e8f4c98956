// Sequelize: models with associations, scopes, hooks, validation, transactions.
const express = require("express");
const { Sequelize, DataTypes, Op } = require("sequelize");

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max: 5 } });

const Author = sequelize.define(
  "Author",
  { name: { type: DataTypes.STRING, allowNull: false, unique: true } },
  { tableName: "seq_authors", timestamps: false },
);
const Post = sequelize.define(
  "Post",
  {
    title: { type: DataTypes.STRING, validate: { len: [3, 40] } },
    slug: DataTypes.STRING,
    tags: DataTypes.ARRAY(DataTypes.STRING),
    meta: DataTypes.JSONB,
    state: DataTypes.ENUM("draft", "published"),
  },
  {
    tableName: "seq_posts",
    scopes: { published: { where: { state: "published" } } },
    hooks: { beforeSave: (post) => void (post.slug = post.title.toLowerCase().replace(/\W+/g, "-")) },
  },
);
Author.hasMany(Post, { foreignKey: "authorId", as: "posts" });
Post.belongsTo(Author, { foreignKey: "authorId", as: "author" });

const app = express();
app.use(express.json());
const fields = ["id", "title", "slug", "tags", "meta", "state"];

app.get("/posts", async (req, res) => {
  const where = req.query.q ? { title: { [Op.iLike]: `%${req.query.q}%` } } : {};
  const { count, rows } = await Post.findAndCountAll({
    where,
    attributes: fields,
    include: { model: Author, as: "author" },
    order: [["id", "ASC"]],
    limit: 2,
  });
  res.json({ count, rows });
});

app.get("/published", async (req, res) =>
  res.json(await Post.scope("published").findAll({ attributes: fields, order: ["id"] })),
);

app.get("/authors", async (req, res) => {
  const authors = await Author.findAll({
    attributes: { include: [[sequelize.fn("COUNT", sequelize.col("posts.id")), "count"]] },
    include: { model: Post, as: "posts", attributes: [] },
    group: ["Author.id"],
    order: ["id"],
  });
  res.json(authors);
});

app.get("/json", async (req, res) =>
  res.json(
    await Post.findAll({ attributes: ["title"], where: { meta: { lang: "en" }, tags: { [Op.contains]: ["a"] } } }),
  ),
);

app.post("/posts", async (req, res) => {
  const { id, slug } = await Post.create(req.body);
  res.status(201).json({ id, slug });
});

app.post("/swap", async (req, res) => {
  const result = await sequelize
    .transaction(async (transaction) => {
      await Post.update({ state: "draft" }, { where: {}, transaction });
      const inside = await Post.count({ where: { state: "draft" }, transaction });
      throw Object.assign(new Error("rolled back"), { inside });
    })
    .catch(({ message, inside }) => ({ message, inside }));
  res.json({ ...result, after: await Post.count({ where: { state: "draft" } }) });
});

app.use((error, req, res, next) =>
  res.status(422).json({ name: error.name, errors: error.errors?.map(({ message, path }) => ({ message, path })) }),
);

(async () => {
  await sequelize.authenticate();
  await sequelize.sync({ force: true });
  const ann = await Author.create({ name: "ann" });
  await Post.bulkCreate(
    [
      { title: "Hello World", tags: ["a"], meta: { lang: "en" }, state: "published", authorId: ann.id },
      { title: "Second One", tags: ["b"], meta: { lang: "de" }, state: "draft", authorId: ann.id },
      { title: "Third Thing", tags: ["a", "c"], meta: { lang: "en", n: 1 }, state: "published" },
    ],
    { individualHooks: true },
  );
  app.listen(3000);
})();
