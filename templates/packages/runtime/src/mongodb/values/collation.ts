import { isDocument } from "../bson/values";
import { badValue, MongoError } from "../errors";

/** Language rules for strings, as a command or a collection asks for them. */
export interface Collation {
  /** What the client gave, to be stored and listed. */
  readonly spec: Record<string, unknown>;
  compare(a: string, b: string): number;
  /** The same text for strings that compare as equal, so that an index can find them. */
  fold(text: string): string;
}

/** The collation of a specification; undefined for none and for the simple one, which compares bytes. */
export function parseCollation(value: unknown): Collation | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDocument(value)) throw badValue("collation must be a document");
  const { locale } = value;
  if (typeof locale !== "string")
    throw new MongoError(40414, "BSON field 'collation.locale' is missing but a required field");
  if (locale === "simple") return undefined;
  const strength = Number(value.strength ?? 3);
  if (!(strength >= 1 && strength <= 5))
    throw badValue("Enumeration value for field 'collation.strength' is out of range");
  const caseLevel = value.caseLevel === true;
  const collator = makeCollator(locale, {
    sensitivity: strength >= 3 ? "variant" : sensitivityBelowThree(strength, caseLevel),
    numeric: value.numericOrdering === true,
    ignorePunctuation: value.alternate === "shifted",
    caseFirst: value.caseFirst === "upper" || value.caseFirst === "lower" ? value.caseFirst : "false",
  });
  return {
    spec: { ...value, strength },
    compare: (a, b) => collator.compare(a, b),
    fold: (text) => fold(text, strength, caseLevel),
  };
}

function sensitivityBelowThree(strength: number, caseLevel: boolean): "base" | "accent" | "case" {
  if (strength === 2) return "accent";
  return caseLevel ? "case" : "base";
}

function makeCollator(locale: string, options: Intl.CollatorOptions): Intl.Collator {
  try {
    return new Intl.Collator(locale.replace("_", "-").replace(/@.*$/, ""), options);
  } catch {
    throw badValue(`Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
}

function fold(text: string, strength: number, caseLevel: boolean): string {
  if (strength >= 3) return text.normalize("NFC");
  const decomposed = text.normalize("NFKD");
  const withoutMarks = strength === 1 ? decomposed.replace(/\p{M}/gu, "") : decomposed;
  return caseLevel ? withoutMarks : withoutMarks.toLowerCase();
}
