// expect: ENOENT
import fs from "node:fs";

export default () => fs.readdirSync("/app/fs-read").join();
