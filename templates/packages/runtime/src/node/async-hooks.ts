import realAsyncHooks, {
  AsyncLocalStorage as RealAsyncLocalStorage,
  AsyncResource as RealAsyncResource,
} from "node:async_hooks";

/** The stores that are in force: a copy is made for whatever is run with another store, and for each turn of the event loop. */
type Stores = Map<object, unknown>;

interface StorageOptions {
  defaultValue?: unknown;
  name?: string;
}

/** The app's `node:async_hooks`, and what the event loop has to do for it. */
export interface AsyncHooks {
  module: Record<string, unknown>;
  /** Runs a callback of the event loop: what it enters is not seen by other callbacks. */
  turn<Result>(work: () => Result): Result;
}

/**
 * `AsyncLocalStorage` with `enterWith`, which workerd's lacks. All storages of the app live in one of workerd's, whose store is a
 * table of theirs; entering changes the table that is in force, until the callback of the event loop ends and in whatever
 * follows from it. Two promise chains begun in the same callback share its table, which is the one difference from Node.
 */
export function createAsyncHooks(): AsyncHooks {
  const current = new RealAsyncLocalStorage<Stores>();
  const initial: Stores = new Map();
  let isUsed = false;
  const stores = (): Stores => current.getStore() ?? initial;

  class AsyncLocalStorage {
    static bind = RealAsyncLocalStorage.bind.bind(RealAsyncLocalStorage);
    static snapshot = RealAsyncLocalStorage.snapshot.bind(RealAsyncLocalStorage);
    readonly name: string;
    readonly #defaultValue: unknown;

    constructor(options: StorageOptions = {}) {
      isUsed = true;
      this.name = options.name ?? "";
      this.#defaultValue = options.defaultValue;
    }

    getStore(): unknown {
      const table = stores();
      return table.has(this) ? table.get(this) : this.#defaultValue;
    }

    run<Values extends unknown[], Result>(
      store: unknown,
      work: (...values: Values) => Result,
      ...values: Values
    ): Result {
      return current.run(new Map(stores()).set(this, store), work, ...values);
    }

    exit<Values extends unknown[], Result>(work: (...values: Values) => Result, ...values: Values): Result {
      const without = new Map(stores());
      without.delete(this);
      return current.run(without, work, ...values);
    }

    enterWith(store: unknown): void {
      stores().set(this, store);
    }

    disable(): void {
      stores().delete(this);
    }
  }

  /** workerd's, which takes no identifiers: nothing has one here. */
  class AsyncResource extends RealAsyncResource {
    constructor(type: string) {
      super(type);
    }

    override asyncId(): number {
      return 1;
    }

    override triggerAsyncId(): number {
      return 0;
    }

    override emitDestroy(): this {
      return this;
    }
  }

  const hook = {
    enable: () => hook,
    disable: () => hook,
  };
  return {
    module: {
      ...realAsyncHooks,
      AsyncLocalStorage,
      AsyncResource,
      // Workers tell nothing of what their engine schedules: a hook is never called.
      createHook: () => hook,
      executionAsyncId: () => 1,
      triggerAsyncId: () => 0,
      executionAsyncResource: () => stores(),
    },
    turn: (work) => (isUsed ? current.run(new Map(stores()), work) : work()),
  };
}
