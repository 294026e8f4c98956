if (process.argv[2] === '--exit') process.exit(Number(process.argv[3]));

process.on('message', ({ n }) => {
  process.send({ result: process.argv.includes('--double') ? n * 2 : n });
});
