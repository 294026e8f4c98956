// A restart forgets what the process remembered.
// expect: 1
// expect: the app did not answer
// expect: 1
let visits = 0;

module.exports = (step) => {
  if (step === 2) process.exit(0);
  visits += 1;
  return String(visits);
};
