// cls-hooked and continuation-local-storage keep their contexts by hooks into Node's event loop, which Workers do not have. This is
// their API over AsyncLocalStorage.
"use strict";

const { AsyncLocalStorage } = require("async_hooks");

const namespaces = Object.create(null);

class Namespace {
  constructor(name) {
    this.name = name;
    this.storage = new AsyncLocalStorage();
  }

  get active() {
    return this.storage.getStore() || null;
  }

  createContext() {
    return Object.create(this.active);
  }

  get(key) {
    return this.active ? this.active[key] : undefined;
  }

  set(key, value) {
    if (!this.active) {
      throw new Error("No context available. ns.run() or ns.bind() must be called first.");
    }
    this.active[key] = value;
    return value;
  }

  run(fn) {
    const context = this.createContext();
    this.storage.run(context, fn, context);
    return context;
  }

  runAndReturn(fn) {
    const context = this.createContext();
    return this.storage.run(context, fn, context);
  }

  async runPromise(fn) {
    return this.runAndReturn(fn);
  }

  bind(fn, context = this.active || this.createContext()) {
    const { storage } = this;
    return function (...values) {
      return storage.run(context, () => fn.apply(this, values));
    };
  }

  enter(context) {
    this.storage.enterWith(context);
  }

  exit() {
    this.storage.enterWith(undefined);
  }

  /** Listeners that are added from now on see the context they were added in. */
  bindEmitter(emitter) {
    const bound = new WeakMap();
    for (const name of ["on", "addListener", "prependListener"]) {
      const add = emitter[name];
      emitter[name] = (event, listener) => {
        if (!this.active) return add.call(emitter, event, listener);
        if (!bound.has(listener)) bound.set(listener, Object.assign(this.bind(listener), { listener }));
        return add.call(emitter, event, bound.get(listener));
      };
    }
    return emitter;
  }
}

exports.createNamespace = (name) => {
  if (!name) throw new Error("namespace must be given a name.");
  return (namespaces[name] = new Namespace(name));
};
exports.getNamespace = (name) => namespaces[name];
exports.destroyNamespace = (name) => {
  delete namespaces[name];
};
exports.reset = () => {
  for (const name of Object.keys(namespaces)) delete namespaces[name];
};
