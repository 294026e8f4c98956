// expect: Disallowed operation called within global scope
const settings = Promise.resolve()
  .then(() => fetch("http://localhost:1/"))
  .catch((error) => error.message);

export default () => settings;
