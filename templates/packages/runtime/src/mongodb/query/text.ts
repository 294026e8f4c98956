/**
 * `$text`: words of the fields of the text index, without regard to case and accents, with English endings taken off. Every
 * document is looked at; there is no index of words.
 */
import { type Doc, isDocument } from "../bson/values";
import { MongoError, typeMismatch } from "../errors";
import type { Collection } from "../storage/collection";
import { isNumeric, toDouble } from "../values/numbers";
import { splitPath, valuesAt } from "../values/paths";
import { setTextScore } from "./text-score";

const STOP_WORDS = new Set(
  (
    "a about above after again all am an and any are as at be because been before being below between both but by can did do does " +
    "doing don down during each few for from further had has have having he her here hers herself him himself his how i if in " +
    "into is it its itself just me more most my myself no nor not now of off on once only or other our ours ourselves out over " +
    "own s same she should so some such t than that the their theirs them themselves then there these they this those through " +
    "to too under until up very was we were what when where which while who whom why will with you your yours yourself"
  ).split(" "),
);

export interface TextSearch {
  /** A document that matches is marked with how well it does. */
  matches(document: Doc): boolean;
}

/** What a `$text` specification asks of the documents of a collection. */
export function textSearch(collection: Collection, specification: Doc): TextSearch {
  const index = collection.indexes.find(({ isText }) => isText);
  if (!index) throw new MongoError("IndexNotFound", "text index required for $text query");
  if (!isDocument(specification) || typeof specification.$search !== "string")
    throw typeMismatch('"$search" must be a string');
  const stemmed = (specification.$language ?? index.spec.default_language) !== "none";
  const caseSensitive = specification.$caseSensitive === true;
  const weights = Object.entries(index.spec.weights as Doc).map(
    ([path, weight]) => [path, isNumeric(weight) ? toDouble(weight) : 1] as const,
  );
  const wildcard = "$**" in index.key;
  const query = parseSearch(specification.$search, stemmed, caseSensitive);
  const fieldsOf = (document: Doc): [string[], number][] =>
    wildcard
      ? [[stringsIn(document), 1]]
      : weights.map(([path, weight]) => [valuesAt(document, splitPath(path)).flatMap(stringsIn), weight]);
  return {
    matches: (document) => {
      const fields = fieldsOf(document);
      if (!matches(fields, query, stemmed, caseSensitive)) return false;
      setTextScore(document, score(fields, query, stemmed, caseSensitive));
      return true;
    },
  };
}

interface Search {
  words: string[];
  excluded: string[];
  phrases: string[];
  excludedPhrases: string[];
}

function parseSearch(text: string, stemmed: boolean, caseSensitive: boolean): Search {
  const search: Search = { words: [], excluded: [], phrases: [], excludedPhrases: [] };
  for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)) {
    if (phrase !== undefined) {
      search[minus ? "excludedPhrases" : "phrases"].push(fold(phrase, caseSensitive));
      if (!minus) search.words.push(...wordsOf(phrase, stemmed, caseSensitive));
    } else {
      search[minus ? "excluded" : "words"].push(...wordsOf(word!, stemmed, caseSensitive));
    }
  }
  return search;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isDocument(value) ? Object.values(value).flatMap(stringsIn) : [];
}

function fold(text: string, caseSensitive: boolean): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "");
  return caseSensitive ? plain : plain.toLowerCase();
}

function wordsOf(text: string, stemmed: boolean, caseSensitive: boolean): string[] {
  const words = fold(text, caseSensitive).match(/[\p{L}\p{N}_]+/gu) ?? [];
  if (!stemmed) return words;
  return words.filter((word) => !STOP_WORDS.has(word.toLowerCase())).map(stem);
}

/** Takes the commonest English endings off, so that "runs", "running" and "run" are one word. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  const singular = word
    .replace(/(?:ies)$/, "i")
    .replace(/sses$/, "ss")
    .replace(/([^su])s$/, "$1");
  const base = singular.replace(/(?:ational|ation)$/, "ate").replace(/(?:ness|ful|ment|ly)$/, "");
  const stripped = /[aeiouy].*(?:ed|ing)$/.test(base) ? base.replace(/(?:ed|ing)$/, "") : base;
  const undoubled = stripped === base ? stripped : stripped.replace(/([^aeiouylsz])\1$/, "$1");
  return undoubled.replace(/[ey]$/, "").replace(/i$/, "");
}

type Fields = readonly [strings: string[], weight: number][];

function matches(fields: Fields, search: Search, stemmed: boolean, caseSensitive: boolean): boolean {
  const texts = fields.flatMap(([strings]) => strings);
  const words = new Set(texts.flatMap((text) => wordsOf(text, stemmed, caseSensitive)));
  const folded = texts.map((text) => fold(text, caseSensitive));
  const holds = (phrase: string): boolean => folded.some((text) => text.includes(phrase));
  if (search.excluded.some((word) => words.has(word)) || search.excludedPhrases.some(holds)) return false;
  if (search.phrases.length > 0) return search.phrases.every(holds);
  return search.words.some((word) => words.has(word));
}

/** As MongoDB counts: each hit weighs more in a short field, and repetitions ever less. */
function score(fields: Fields, search: Search, stemmed: boolean, caseSensitive: boolean): number {
  let total = 0;
  const wanted = new Set(search.words);
  for (const [strings, weight] of fields) {
    for (const text of strings) {
      const words = wordsOf(text, stemmed, caseSensitive);
      const counts = new Map<string, number>();
      for (const word of words) if (wanted.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const count of counts.values()) {
        const frequency = 2 - 2 ** (1 - count);
        total += weight * frequency * (0.5 * (count / words.length) + 0.5 || 1);
      }
    }
  }
  return total;
}
