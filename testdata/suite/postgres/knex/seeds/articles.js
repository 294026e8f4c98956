exports.seed = async (knex) => {
  await knex("knex_authors").del();
  const authors = await knex("knex_authors")
    .insert([{ name: "Ann" }, { name: "Bob" }])
    .returning("id");
  await knex("knex_articles").insert([
    { title: "Trees", words: 120, author_id: authors[0].id },
    { title: "Rivers", words: 300, author_id: authors[0].id },
    { title: "Stones", words: 80, author_id: authors[1].id },
  ]);
};
