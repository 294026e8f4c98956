// expect: 1 note
// expect: 2 notes
const { DatabaseSync } = require("node:sqlite");

const db = new DatabaseSync("notes.db");
db.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY)");

module.exports = () => {
  db.exec("INSERT INTO notes DEFAULT VALUES");
  const { n } = db.prepare("SELECT count(*) AS n FROM notes").get();
  return `${n} note${n === 1 ? "" : "s"}`;
};
