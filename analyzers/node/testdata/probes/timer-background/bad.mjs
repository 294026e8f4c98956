// expect: Disallowed operation called within global scope
let problem = "none";
try {
  setInterval(() => {}, 1000);
} catch (error) {
  problem = error.message;
}

export default () => problem;
