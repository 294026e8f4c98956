/**
 * What fengari needs to be loaded, so this module must be imported before it.
 *
 * LUA_COMPAT_FLOATSTRING: `3`, not `3.0`, for a whole number: all numbers of Lua 5.1 are floats and print like that. fengari reads
 * it from the environment when it is loaded.
 */
process.env.FENGARICONF = JSON.stringify({ LUA_COMPAT_FLOATSTRING: true });

/**
 * fengari's string library refers to its debug library, that to the package readline-sync, and that asks Node for its terminal
 * while it is being loaded. Workers have none and throw. Scripts never get to these libraries, so an empty answer is enough.
 */
Object.defineProperty(process, "binding", { value: () => ({}), configurable: true });
