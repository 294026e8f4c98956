require("../lib/typeorm-app.js")({ type: "better-sqlite3", database: "typeorm.db" });
