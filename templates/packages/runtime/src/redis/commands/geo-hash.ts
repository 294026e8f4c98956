/** Positions as sorted set scores: 26 bits each of longitude and latitude, interleaved, as Redis does it. */

export interface Position {
  longitude: number;
  latitude: number;
}

interface Range {
  min: number;
  max: number;
}

const LONGITUDE: Range = { min: -180, max: 180 };
/** Web Mercator's limits, which Redis keeps to. */
const LATITUDE: Range = { min: -85.05112878, max: 85.05112878 };
/** Geohash strings cover the poles. */
const WHOLE_LATITUDE: Range = { min: -90, max: 90 };
const STEPS = 26;
/** Metres; the radius Redis calculates with. */
const EARTH_RADIUS = 6372797.560856;
const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

export function isValidPosition({ longitude, latitude }: Position): boolean {
  return (
    longitude >= LONGITUDE.min && longitude <= LONGITUDE.max && latitude >= LATITUDE.min && latitude <= LATITUDE.max
  );
}

export function encodePosition(position: Position, latitudes = LATITUDE): bigint {
  const x = scale(position.longitude, LONGITUDE);
  const y = scale(position.latitude, latitudes);
  let bits = 0n;
  for (let i = STEPS - 1; i >= 0; i--) {
    bits = (bits << 2n) | (BigInt(Math.floor(x / 2 ** i) % 2) << 1n) | BigInt(Math.floor(y / 2 ** i) % 2);
  }
  return bits;
}

/** The middle of the cell that a score stands for. */
export function decodePosition(score: number): Position {
  const bits = BigInt(Math.trunc(score));
  let x = 0;
  let y = 0;
  for (let i = BigInt(STEPS - 1); i >= 0n; i--) {
    x = x * 2 + Number((bits >> (2n * i + 1n)) & 1n);
    y = y * 2 + Number((bits >> (2n * i)) & 1n);
  }
  return { longitude: middle(x, LONGITUDE), latitude: middle(y, LATITUDE) };
}

function scale(value: number, { min, max }: Range): number {
  return Math.floor(((value - min) / (max - min)) * 2 ** STEPS);
}

function middle(cell: number, { min, max }: Range): number {
  const low = min + (cell / 2 ** STEPS) * (max - min);
  const high = min + ((cell + 1) / 2 ** STEPS) * (max - min);
  return Math.min(Math.max((low + high) / 2, min), max);
}

/** Metres between two positions on a sphere. */
export function distance(a: Position, b: Position): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const v = Math.sin((radians(b.longitude) - radians(a.longitude)) / 2);
  if (v === 0) return latitudeDistance(a.latitude, b.latitude);
  const u = Math.sin((radians(b.latitude) - radians(a.latitude)) / 2);
  const h = u * u + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * v * v;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(h));
}

export function latitudeDistance(a: number, b: number): number {
  return EARTH_RADIUS * Math.abs(((b - a) * Math.PI) / 180);
}

/** The eleven characters of a standard geohash. The last one is always 0: 52 bits are no multiple of 5. */
export function geohashText(score: number): string {
  const bits = encodePosition(decodePosition(score), WHOLE_LATITUDE);
  let text = "";
  for (let i = 0; i < 11; i++) {
    const index = i === 10 ? 0 : Number((bits >> BigInt(52 - (i + 1) * 5)) & 31n);
    text += ALPHABET[index];
  }
  return text;
}
