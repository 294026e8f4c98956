require("../lib/typeorm-app.js")({ type: "sqljs", location: "typeorm-sqljs.db", autoSave: true });
