// jiti: loads modules by names that are computed at run time, TypeScript among them. They are packed, so loading is all there is to do.
const { posix } = require("node:path");

function toPath(from) {
  const text = String(from || "/");
  return text.startsWith("file://") ? decodeURIComponent(new URL(text).pathname) : text;
}

/** What `import` gives for a module of CommonJS, or one whose default export is wanted. */
function interop(value, wantsDefault) {
  if (wantsDefault) return value && value.default !== undefined ? value.default : value;
  return value;
}

function createJiti(from, options = {}) {
  const folder = posix.extname(toPath(from)) ? posix.dirname(toPath(from)) : toPath(from);
  const locate = (id) => (/^\.\.?(\/|$)/.test(id) ? posix.join(folder, id) : toPath(id));
  // Version 2 says so by itself; there `jiti(id)` is only asked for by code that was written for version 1.
  const wantsDefault = options.interopDefault === true;
  const jiti = (id) => interop(require(locate(id)), wantsDefault);
  return Object.assign(jiti, {
    options,
    cache: {},
    extensions: {},
    main: undefined,
    resolve: Object.assign((id) => require.resolve(locate(id)), { paths: () => [] }),
    esmResolve: (id) => `file://${require.resolve(locate(id))}`,
    import: async (id, { default: asDefault = false } = {}) => interop(await require(locate(id)), asDefault),
    transform: ({ source }) => source,
    evalModule() {
      throw new Error("jiti.evalModule() compiles code at run time, which Workers do not; keep the module in a file");
    },
    register: () => () => {},
  });
}

module.exports = Object.assign(createJiti, { createJiti, default: createJiti });
