require("../lib/knex-app.js")("better-sqlite3");
