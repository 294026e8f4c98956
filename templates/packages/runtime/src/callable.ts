/**
 * Makes a class usable the way Node's older constructors are: with `new`, without it, and as `Base.call(this, …)` under
 * `util.inherits`. Packages in wide use do all three with http and net (light-my-request calls `http.ServerResponse.call(this)`).
 *
 * The last form works because the wrapped classes keep their state in plain properties, never in `#private` fields: an instance
 * is made and its properties are moved onto `this`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any constructor, whatever its parameters
export function callable<C extends new (...args: any[]) => object>(constructor: C): C {
  return new Proxy(constructor, {
    apply(target, self: unknown, args: unknown[]) {
      const made: object = Reflect.construct(target, args);
      if (!(self instanceof target)) return made;
      return Object.defineProperties(self, Object.getOwnPropertyDescriptors(made));
    },
  });
}
