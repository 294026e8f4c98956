// expect: one,two
const readline = require("readline");
const { Readable } = require("stream");

module.exports = async () => {
  const lines = [];
  const reader = readline.createInterface({ input: Readable.from(["one\ntwo\n"]) });
  await new Promise((resolve) => {
    reader.on("line", (line) => lines.push(line)).on("close", resolve);
    setTimeout(resolve, 500);
  });
  return lines.join();
};
