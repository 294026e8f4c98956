"use strict";
/**
 * Writes a TypeScript server of the size of a large product: controllers, services, repositories, jobs, React pages and
 * tests, importing each other, most of them small and some long. The same seed writes the same bytes.
 */
const fs = require("node:fs");
const path = require("node:path");

/** Mulberry32: a small generator whose numbers are the same everywhere. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const words = "account address amount asset audit batch budget cart catalog claim contact coupon credit customer delivery device document draft event export feature file folder grant group import invoice item journal label ledger license message metric note notice offer order parcel payment period plan policy price product profile project quota rate receipt record refund region report request review role route schedule session shipment status step stock store summary supplier tag task team template tenant ticket token trace transfer user vendor version visit voucher wallet".split(" ");
const capital = (word) => word[0].toUpperCase() + word.slice(1);

function names(next) {
  const a = words[Math.floor(next() * words.length)];
  const b = words[Math.floor(next() * words.length)];
  return { variable: a + capital(b), type: capital(a) + capital(b), a, b };
}

function fields(next, count) {
  const types = ["string", "number", "boolean", "Date", "string[]", "Record<string, number>", "string | null"];
  return Array.from({ length: count }, () => `  ${names(next).variable}?: ${types[Math.floor(next() * types.length)]};`).join("\n");
}

/** What a module's methods are like. As in real servers, most compute and call each other; few touch disk or clock. */
const natures = [
  { share: 0.04, imports: ['import { readFile } from "node:fs/promises";', 'import path from "node:path";'], methods: [load, compute, check] },
  { share: 0.03, imports: [], methods: [schedule, compute, check] },
  { share: 0.06, imports: ['import type { Pool } from "pg";'], methods: [find, find, compute] },
  { share: 1, imports: ['import { z } from "zod";'], methods: [compute, compute, check] },
];

function natureOf(next) {
  let at = next();
  for (const nature of natures) {
    if (at < nature.share) return nature;
    at -= nature.share;
  }
  return natures.at(-1);
}

function find(next) {
  const { variable, a, b } = names(next);
  return `  /** Finds the ${a} of a ${b}. */
  async find${capital(variable)}(id: string, limit = ${Math.floor(next() * 90) + 10}): Promise<Row[]> {
    const rows = await this.pool.query<Row>("SELECT * FROM ${a} WHERE ${b}_id = $1 LIMIT $2", [id, limit]);
    if (rows.length === 0) throw new NotFound(\`no ${a} for \${id}\`);
    return rows.filter((row) => row.id !== id).map((row) => ({ ...row, seen: true }));
  }`;
}

function compute(next) {
  const { variable } = names(next);
  return `  ${variable}(values: readonly number[]): { total: number; mean: number } {
    let total = 0;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      total += value > ${Math.floor(next() * 1000)} ? value : -value;
    }
    return { total, mean: values.length > 0 ? total / values.length : 0 };
  }`;
}

function check(next) {
  const { variable, type, a, b } = names(next);
  return `  /** Says what is wrong with a ${a}, as the ${b} sees it. */
  check${type}(${variable}: Partial<Row> & { ${a}?: number }): string[] {
    const problems: string[] = [];
    if (!${variable}.id) problems.push("${a}: id is required");
    if ((${variable}.${a} ?? 0) > ${Math.floor(next() * 500)}) problems.push(\`${b}: \${${variable}.${a}} is too many\`);
    return problems.length > 1 ? [...new Set(problems)].sort((one, other) => one.localeCompare(other)) : problems;
  }`;
}

function load(next) {
  const { variable, a } = names(next);
  return `  async load${capital(variable)}(name: string): Promise<Settings> {
    const file = path.join(this.directory, "${a}", \`\${name}.json\`);
    const text = await readFile(file, "utf8");
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) throw new TypeError(\`\${file}: not an object\`);
    return Object.assign({}, this.defaults, parsed) as Settings;
  }`;
}

function schedule(next) {
  const { variable, a, b } = names(next);
  return `  schedule${capital(variable)}(every: number): () => void {
    const timer = setInterval(() => {
      this.logger.info({ ${a}: every }, "${a} ${b}");
      void this.refresh("${a}").catch((error: unknown) => this.logger.error(error));
    }, every);
    return () => clearInterval(timer);
  }`;
}

function imports(next, index, nature) {
  const lines = [...nature.imports];
  for (let i = Math.floor(next() * 5); i > 0 && index > 0; i--) {
    const other = Math.floor(next() * index);
    lines.push(`import { Service${other} } from "${relative(index, other)}";`);
  }
  return lines.join("\n");
}

const fileOf = (index) => `src/module${Math.floor(index / 25)}/service${index}`;

function relative(from, to) {
  const text = path.posix.relative(path.posix.dirname(fileOf(from)), fileOf(to));
  return text.startsWith(".") ? text : `./${text}`;
}

function moduleText(next, index) {
  // Most modules are short, some are very long.
  const methods = 1 + Math.floor(next() ** 4 * 60);
  const nature = natureOf(next);
  const body = Array.from({ length: methods }, () => nature.methods[Math.floor(next() * nature.methods.length)](next)).join("\n\n");
  return `${imports(next, index, nature)}

export interface Row {
  id: string;
${fields(next, 2 + Math.floor(next() * 8))}
}

export type Settings = Record<string, unknown>;

export class NotFound extends Error {
  override name = "NotFound";
}

interface Logger {
  info(fields: object, message: string): void;
  error(error: unknown): void;
}

export class Service${index} {
  private readonly defaults: Settings = { retries: ${Math.floor(next() * 9)}, timeout: ${Math.floor(next() * 9000)} };

  constructor(
    private readonly pool: { query<T>(text: string, values: unknown[]): Promise<T[]> },
    private readonly logger: Logger,
    private readonly directory = process.env.DATA_DIR ?? "data",
  ) {}

  async refresh(name: string): Promise<void> {
    await this.pool.query("UPDATE jobs SET refreshed = now() WHERE name = $1", [name]);
  }

${body}
}
`;
}

function pageText(next, index) {
  const { type, variable, a, b } = names(next);
  const rows = 2 + Math.floor(next() * 12);
  const cells = Array.from({ length: rows }, (_, i) => `        <li key="${i}" className="${words[(index + i) % words.length]}">{props.${variable}[${i}] ?? "${a} ${b}"}</li>`).join("\n");
  return `import { useEffect, useState } from "react";

interface Props {
  ${variable}: string[];
  onSelect?: (id: string) => void;
}

export function ${type}Page${index}(props: Props) {
  const [open, setOpen] = useState<boolean>(false);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [open]);
  return (
    <section>
      <button onClick={() => setOpen((value) => !value)}>{open ? "Close" : "Open"}</button>
      <ul hidden={!open}>
${cells}
      </ul>
    </section>
  );
}
`;
}

/** Writes count files below directory. */
function write(directory, count) {
  const next = random(20250101);
  for (let index = 0; index < count; index++) {
    const page = index % 4 === 3;
    const file = path.join(directory, page ? `web/pages${Math.floor(index / 100)}/page${index}.tsx` : `${fileOf(index)}.ts`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // Modules only import modules, never pages, so page numbers are mapped to the module before them.
    const text = page ? pageText(next, index) : moduleText(next, index).replace(/(Service|service)(\d+)(" *;| })/g, (whole, word, number, end) => (number % 4 === 3 ? `${word}${number - 1}${end}` : whole));
    fs.writeFileSync(file, text);
  }
}

module.exports = { write };
