import { codedError } from "../errors";

/** Values are told apart to three significant digits, as by Node's. */
const DIGITS = 1_000;

/** Node's `perf_hooks.createHistogram()`: counts of the values that were recorded. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #lastDelta: number | undefined;
  #sum = 0;
  #squares = 0;
  count = 0;
  exceeds = 0;
  min = 2 ** 63 - 1;
  max = 0;

  get mean(): number {
    return this.count === 0 ? NaN : this.#sum / this.count;
  }

  get stddev(): number {
    return this.count === 0 ? NaN : Math.sqrt(Math.max(0, this.#squares / this.count - this.mean ** 2));
  }

  get percentiles(): Map<number, number> {
    const found = new Map<number, number>();
    for (let percentile = 0, step = 50; percentile < 100 && step > 0.01; percentile = 100 - step, step /= 2) {
      found.set(percentile, this.percentile(percentile || Number.MIN_VALUE));
    }
    return found.set(100, this.max);
  }

  record(value: number | bigint): void {
    const number = Number(value);
    if (!(number >= 1)) throw codedError("ERR_OUT_OF_RANGE", 'The value of "val" is out of range.', RangeError);
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(number / DIGITS)) + 1);
    const key = Math.floor(number / unit) * unit;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#sum += number;
    this.#squares += number ** 2;
    this.count += 1;
    this.min = Math.min(this.min, number);
    this.max = Math.max(this.max, number);
  }

  /** Records the nanoseconds since the last call. */
  recordDelta(): void {
    const now = performance.now() * 1e6;
    if (this.#lastDelta !== undefined) this.record(Math.max(1, Math.round(now - this.#lastDelta)));
    this.#lastDelta = now;
  }

  percentile(percentile: number): number {
    if (!(percentile > 0 && percentile <= 100)) {
      throw codedError("ERR_OUT_OF_RANGE", 'The value of "percentile" is out of range.', RangeError);
    }
    let left = Math.ceil((this.count * percentile) / 100);
    for (const [value, count] of [...this.#counts].sort((a, b) => a[0] - b[0])) {
      left -= count;
      if (left <= 0) return value;
    }
    return 0;
  }

  add(other: Histogram): void {
    for (const [value, count] of other.#counts) for (let i = 0; i < count; i++) this.record(value);
  }

  reset(): void {
    this.#counts.clear();
    this.#sum = this.#squares = this.count = this.exceeds = this.max = 0;
    this.min = 2 ** 63 - 1;
  }
}
