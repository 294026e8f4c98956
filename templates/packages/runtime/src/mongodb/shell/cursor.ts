import type { Doc } from "../bson/values";

/** The shell's cursor: options gather until the documents are asked for. */
export class ShellCursor {
  readonly #load: (options: Doc) => Doc[];
  readonly #options: Doc = {};
  #documents: Doc[] | null = null;
  #position = 0;

  constructor(load: (options: Doc) => Doc[]) {
    this.#load = load;
  }

  sort(sort: Doc): this {
    this.#options.sort = sort;
    return this;
  }

  limit(limit: number): this {
    this.#options.limit = limit;
    return this;
  }

  skip(skip: number): this {
    this.#options.skip = skip;
    return this;
  }

  projection(projection: Doc): this {
    this.#options.projection = projection;
    return this;
  }

  batchSize(): this {
    return this;
  }

  pretty(): this {
    return this;
  }

  toArray(): Doc[] {
    this.#documents ??= this.#load(this.#options);
    const rest = this.#documents.slice(this.#position);
    this.#position = this.#documents.length;
    return rest;
  }

  forEach(visit: (document: Doc) => void): void {
    for (const document of this.toArray()) visit(document);
  }

  map<T>(change: (document: Doc) => T): T[] {
    return this.toArray().map((document) => change(document));
  }

  hasNext(): boolean {
    this.#documents ??= this.#load(this.#options);
    return this.#position < this.#documents.length;
  }

  next(): Doc | null {
    return this.hasNext() ? this.#documents![this.#position++]! : null;
  }

  count(): number {
    this.#documents ??= this.#load(this.#options);
    return this.#documents.length;
  }

  itcount(): number {
    return this.toArray().length;
  }
}
