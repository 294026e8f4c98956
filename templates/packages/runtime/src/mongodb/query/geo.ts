/** Queries by position: points, near, and within circles, boxes and polygons. Lines and areas as data are not looked into. */
import { type Doc, isDocument } from "../bson/values";
import { badValue, MongoError } from "../errors";
import { isNumeric, toDouble } from "../values/numbers";

export const GEO_OPERATORS = new Set(["$near", "$nearSphere", "$geoNear", "$geoWithin", "$within", "$geoIntersects"]);

const EARTH_RADIUS_METRES = 6_378_100;

export interface Point {
  x: number;
  y: number;
  /** GeoJSON: distances on the sphere in metres. Legacy pairs: on the plane. */
  geoJson: boolean;
}

/** A point of a document or a query: GeoJSON, `[x, y]` or `{lng, lat}`; null for anything else. */
export function parsePoint(value: unknown): Point | null {
  if (isDocument(value) && value.type === "Point" && Array.isArray(value.coordinates)) {
    const point = parsePoint(value.coordinates);
    return point && { ...point, geoJson: true };
  }
  const pair = Array.isArray(value) ? value : isDocument(value) ? Object.values(value) : [];
  if (!isNumeric(pair[0]) || !isNumeric(pair[1])) return null;
  return { x: toDouble(pair[0]), y: toDouble(pair[1]), geoJson: false };
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The angle between two points on the sphere, in radians. */
function angle(a: Point, b: Point): number {
  const [latA, latB] = [radians(a.y), radians(b.y)];
  const h = Math.sin((latB - latA) / 2) ** 2 + Math.cos(latA) * Math.cos(latB) * Math.sin(radians(b.x - a.x) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** How far apart: metres with GeoJSON, radians with `$nearSphere` on pairs, units of the plane otherwise. */
export function distance(from: Point, to: Point, spherical: boolean): number {
  if (from.geoJson) return angle(from, to) * EARTH_RADIUS_METRES;
  return spherical ? angle(from, to) : Math.hypot(from.x - to.x, from.y - to.y);
}

export interface NearQuery {
  path: string;
  point: Point;
  spherical: boolean;
  min: number;
  max: number;
}

/** What `{path: {$near: …}}` asks for: the order of the result, and the distances allowed. */
export function parseNear(path: string, condition: Doc): NearQuery {
  const name = "$near" in condition ? "$near" : "$nearSphere" in condition ? "$nearSphere" : "$geoNear";
  const operand = condition[name];
  const inner = isDocument(operand) && isDocument(operand.$geometry) ? operand : null;
  const point = parsePoint(inner ? inner.$geometry : operand);
  if (!point) throw badValue(`invalid point in geo near query: ${JSON.stringify(operand)}`);
  const limits = inner ?? condition;
  const legacyLimit = !inner && Array.isArray(operand) ? operand[2] : undefined;
  const max = limits.$maxDistance ?? condition.$maxDistance ?? legacyLimit;
  return {
    path,
    point,
    spherical: name !== "$near" || point.geoJson,
    min: limits.$minDistance === undefined ? 0 : Number(limits.$minDistance),
    max: max === undefined ? Infinity : Number(max),
  };
}

/** The near condition at the top of a query, which also orders its result. */
export function findNear(filter: Doc): NearQuery | null {
  for (const [path, condition] of Object.entries(filter)) {
    if (isDocument(condition) && ["$near", "$nearSphere", "$geoNear"].some((name) => name in condition)) {
      return parseNear(path, condition);
    }
  }
  return null;
}

/** The condition of a geo operator on one value. */
export function geoPredicate(name: string, operand: unknown, siblings: Doc): (value: unknown) => boolean {
  if (name === "$near" || name === "$nearSphere" || name === "$geoNear") {
    const near = parseNear("", siblings);
    return (value) => {
      const point = parsePoint(value);
      if (!point) return false;
      const far = distance(near.point, point, near.spherical);
      return far >= near.min && far <= near.max;
    };
  }
  const contains = parseArea(operand);
  return (value) => {
    const point = parsePoint(value);
    return point !== null && contains(point);
  };
}

type Area = (point: Point) => boolean;

function parseArea(operand: unknown): Area {
  if (!isDocument(operand)) throw badValue("$geoWithin needs a document");
  const [shape] = Object.keys(operand);
  const value = operand[shape ?? ""];
  switch (shape) {
    case "$box": {
      const [a, b] = points(value);
      return ({ x, y }) => x >= a!.x && x <= b!.x && y >= a!.y && y <= b!.y;
    }
    case "$center":
    case "$centerSphere": {
      if (!Array.isArray(value)) throw badValue(`${shape} needs an array`);
      const centre = parsePoint(value[0]);
      if (!centre) throw badValue(`${shape} needs a point`);
      return (point) => distance({ ...centre, geoJson: false }, point, shape === "$centerSphere") <= Number(value[1]);
    }
    case "$polygon":
      return polygon([points(value)]);
    case "$geometry":
      return geometry(value);
    default:
      throw badValue(`unknown geo specifier: ${shape}`);
  }
}

function geometry(value: unknown): Area {
  if (!isDocument(value)) throw badValue("$geometry needs a document");
  const rings = (coordinates: unknown): Point[][] => (coordinates as unknown[]).map(points);
  switch (value.type) {
    case "Polygon":
      return polygon(rings(value.coordinates));
    case "MultiPolygon": {
      const areas = (value.coordinates as unknown[]).map((one) => polygon(rings(one)));
      return (point) => areas.some((area) => area(point));
    }
    case "Point": {
      const wanted = parsePoint(value)!;
      return ({ x, y }) => x === wanted.x && y === wanted.y;
    }
    default:
      throw new MongoError("NotImplemented", `$geometry of type ${String(value.type)} is not supported`);
  }
}

function points(value: unknown): Point[] {
  const list = Array.isArray(value) ? value : isDocument(value) ? Object.values(value) : [];
  return list.map((item) => {
    const point = parsePoint(item);
    if (!point) throw badValue(`invalid point: ${JSON.stringify(item)}`);
    return point;
  });
}

/** The first ring is the outline, the others are holes. */
function polygon(rings: Point[][]): Area {
  const [outline, ...holes] = rings;
  return (point) => inRing(point, outline ?? []) && !holes.some((hole) => inRing(point, hole));
}

function inRing({ x, y }: Point, ring: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i]!, ring[j]!];
    const crosses = a.y > y !== b.y > y;
    if (crosses && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
