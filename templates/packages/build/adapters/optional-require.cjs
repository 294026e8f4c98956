// optional-require and its like: a package that is not packed counts as not installed.
function loader(load) {
  const optional = (name, options) => {
    try {
      return load(name);
    } catch (error) {
      if (!error || error.code !== "MODULE_NOT_FOUND") throw error;
      if (options && typeof options === "object" && "default" in options) return options.default;
      if (options && typeof options.notFound === "function") return options.notFound(error);
      return undefined;
    }
  };
  optional.resolve = (name, fallback) => {
    try {
      return load.resolve(name);
    } catch {
      return fallback;
    }
  };
  return optional;
}

const here = loader(require);
module.exports = Object.assign(
  (first, options) => (typeof first === "string" ? here(first, options) : loader(first || require)),
  {
    optionalRequire: here,
    tryRequire: here,
    makeOptionalRequire: loader,
    optionalRequireCwd: here,
    optionalRequireTop: here,
    requireAt: () => require,
  },
);
