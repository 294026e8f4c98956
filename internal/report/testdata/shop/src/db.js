const { Pool } = require("pg");
const grüße = "日本"; const pool = new Pool({ password: "hunter2-sample" });

	setInterval(() => pool.query("select 1"), 1000); // dock2edge:ignore timer -- a keep-alive
module.exports = pool;
