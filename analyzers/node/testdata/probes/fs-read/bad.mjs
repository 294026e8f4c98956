// expect: ENOENT
import fs from "node:fs";

export default () => fs.readFileSync("/app/fs-read/terms.txt", "utf8");
