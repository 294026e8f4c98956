// expect: 1
// expect: 2
// expect: 3
let visits = 0;

module.exports = () => {
  visits += 1;
  return String(visits);
};
