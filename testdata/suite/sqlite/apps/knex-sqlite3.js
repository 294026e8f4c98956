require("../lib/knex-app.js")("sqlite3");
