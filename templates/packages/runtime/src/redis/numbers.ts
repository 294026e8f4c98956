/** Numbers as Redis reads and writes them: strict 64-bit integers, doubles, and the long doubles of INCRBYFLOAT. */

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A 64-bit integer in its only accepted spelling (no `+`, blanks, leading zeros or exponent); null for anything else. */
export function parseInt64(bytes: Uint8Array): bigint | null {
  if (bytes.length === 0 || bytes.length > 20) return null;
  const text = latin1(bytes);
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) return null;
  const value = BigInt(text);
  return value > INT64_MAX || value < INT64_MIN ? null : value;
}

/** The same as a number; integers beyond 2^53 lose their last digits, which no position or duration can tell. */
export function parseInteger(bytes: Uint8Array): number | null {
  if (bytes.length === 0 || bytes.length > 15) {
    const big = parseInt64(bytes);
    return big === null ? null : Number(big);
  }
  const text = latin1(bytes);
  return /^(?:0|-?[1-9]\d*)$/.test(text) ? Number(text) : null;
}

/** Whether a 64-bit addition would overflow. */
export function fitsInt64(value: bigint): boolean {
  return value <= INT64_MAX && value >= INT64_MIN;
}

/** A double as `strtod` reads it, infinities included; null for NaN, blanks around it, or trailing characters. */
export function parseDouble(bytes: Uint8Array): number | null {
  const text = latin1(bytes);
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    return Number(text);
  }
  const infinity = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (infinity) return infinity[1] === "-" ? -Infinity : Infinity;
  return /^0x[0-9a-f]+$/i.test(text) ? Number(text) : null;
}

/**
 * A double with the fewest digits that read back as the same number, laid out as Redis 7.2 and later do it: decimal
 * notation for middling exponents, otherwise `1.5e+20`.
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  // BigInt, because String() fills large integers up with zeros.
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 62) return String(BigInt(value));
  const [mantissa = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  const sign = value < 0 ? "-" : "";
  return sign + layOutDigits(digits, exponent);
}

/** Places the decimal point among `digits`, whose first one is worth 10^exponent. */
function layOutDigits(digits: string, exponent: number): string {
  // Exponent of the last digit.
  const last = exponent - digits.length + 1;
  const magnitude = Math.abs(exponent);
  if (last >= 0 && magnitude < digits.length + 7) {
    return digits + "0".repeat(last);
  }
  if (last < 0 && (last > -7 || magnitude < 4)) {
    const point = exponent + 1;
    return point <= 0 ? `0.${"0".repeat(-point)}${digits}` : `${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${magnitude}`;
}

/**
 * A number of x86's 80-bit format: `mantissa × 2^exponent` with a mantissa of at most 64 bits.
 *
 * INCRBYFLOAT and HINCRBYFLOAT calculate in it, and it shows: 0.1 + 0.2 is `0.3` in Redis and would be
 * `0.30000000000000004` with JavaScript's numbers.
 */
export interface LongDouble {
  mantissa: bigint;
  exponent: number;
}

const MANTISSA_BITS = 64;

/** A double's exact value. */
export function longDoubleFrom(value: number): LongDouble {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: value < 0 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** Reads decimal text as the nearest long double; null for anything that is not a finite number. */
export function parseLongDouble(bytes: Uint8Array): LongDouble | null {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(latin1(bytes));
  if (!match || bytes.length > 5 * 1024) return null;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return null;
  const digits = BigInt(whole + fraction);
  const scale = Number(power) - fraction.length;
  // Beyond these the format overflows to infinity or vanishes.
  if (digits !== 0n && scale + whole.length + fraction.length > 4930) return null;
  const rounded =
    scale < -5000
      ? { mantissa: 0n, exponent: 0 }
      : scale >= 0
        ? roundRatio(digits * 10n ** BigInt(scale), 1n)
        : roundRatio(digits, 10n ** BigInt(-scale));
  return sign === "-" ? { ...rounded, mantissa: -rounded.mantissa } : rounded;
}

export function addLongDoubles(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  const rounded = roundRatio(sum < 0n ? -sum : sum, 1n);
  return {
    mantissa: sum < 0n ? -rounded.mantissa : rounded.mantissa,
    exponent: rounded.exponent + exponent,
  };
}

/** The text Redis stores: 17 decimals with trailing zeros cut off (`%.17Lf`). */
export function formatLongDouble(value: LongDouble): string {
  const negative = value.mantissa < 0n;
  const magnitude = negative ? -value.mantissa : value.mantissa;
  const scaled = magnitude * 10n ** 17n;
  const units =
    value.exponent >= 0 ? scaled << BigInt(value.exponent) : divideToEven(scaled, 1n << BigInt(-value.exponent));
  const text = units.toString().padStart(18, "0");
  const fraction = text.slice(-17).replace(/0+$/, "");
  const number = text.slice(0, -17) + (fraction === "" ? "" : `.${fraction}`);
  return negative && number !== "0" ? `-${number}` : number;
}

/** The long double nearest to numerator/denominator (both not negative). */
function roundRatio(numerator: bigint, denominator: bigint): LongDouble {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  let exponent = bitLength(numerator) - bitLength(denominator) - MANTISSA_BITS;
  let mantissa = divideAt(numerator, denominator, exponent);
  if (bitLength(mantissa) > MANTISSA_BITS) {
    exponent++;
    mantissa = divideAt(numerator, denominator, exponent);
  }
  return { mantissa, exponent };
}

/** numerator / (denominator × 2^exponent), rounded half to even. */
function divideAt(numerator: bigint, denominator: bigint, exponent: number): bigint {
  return exponent >= 0
    ? divideToEven(numerator, denominator << BigInt(exponent))
    : divideToEven(numerator << BigInt(-exponent), denominator);
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
