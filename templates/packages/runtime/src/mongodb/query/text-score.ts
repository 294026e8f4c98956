import type { Doc } from "../bson/values";

/**
 * Where a document carries how well it matched `$text`, for `{$meta: "textScore"}`. A symbol is no field: it is never stored or
 * sent, and copies of the document have it, too.
 */
export const TEXT_SCORE: unique symbol = Symbol("textScore");

export function textScoreOf(document: unknown): number | undefined {
  return (document as { [TEXT_SCORE]?: number } | null | undefined)?.[TEXT_SCORE];
}

export function setTextScore(document: Doc, score: number): void {
  (document as { [TEXT_SCORE]?: number })[TEXT_SCORE] = score;
}
