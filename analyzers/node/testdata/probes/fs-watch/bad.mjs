// expect: ERR_UNSUPPORTED_OPERATION
import fs from "node:fs";

export default () => fs.watch("/tmp") && "watches";
