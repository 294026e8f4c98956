/** The configurations under test: one folder each below cases/. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

export interface Asked {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Send the body without naming its length. */
  chunked?: boolean;
  /** What the gateway answers where it does not do what nginx does; nginx is not asked. */
  instead?: { why: string; status: number; body?: string };
  /** The container's port; 80 unless set. */
  port?: number;
  /** Messages to send over a WebSocket. */
  websocket?: string[];
}

export interface Case {
  name: string;
  folder: string;
  env: Record<string, string>;
  peers: Record<string, { binding: string } | { address: string }>;
  /** Services that are there by name, with nothing listening. */
  down: string[];
  requests: Asked[];
}

/** Every file of the images has this date, in seconds. */
export const fileTime = Date.UTC(2024, 0, 2, 3, 4, 5) / 1000;

const root = join(import.meta.dirname, "cases");

export function readCases(): Case[] {
  return readdirSync(root)
    .sort()
    .map((name) => {
      const folder = join(root, name);
      const settings = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
      return {
        name,
        folder,
        env: settings.env ?? {},
        peers: settings.peers,
        down: settings.down ?? [],
        requests: JSON.parse(readFileSync(join(folder, "requests.json"), "utf8")),
      };
    });
}

/** The image's files: paths in the image. */
export function imageFiles(c: Case): string[] {
  const base = join(c.folder, "image");
  const list = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? list(path) : ["/" + relative(base, path)];
    });
  return list(base).sort();
}

/** What the build writes about the image: path, date in ms, size. */
export function manifest(c: Case): [string, number, number][] {
  return imageFiles(c).map((path) => [path, fileTime * 1000, statSync(join(c.folder, "image", path)).size]);
}
