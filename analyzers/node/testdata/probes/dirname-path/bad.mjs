// expect: undefined undefined
export default () => `${typeof __dirname} ${typeof import.meta.url}`;
