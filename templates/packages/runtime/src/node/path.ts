import { posix, win32 } from "node:path";

/** The app's `node:path`. workerd's resolves against "/" whatever the working directory is. */
export function createPath(cwd: () => string): Record<string, unknown> {
  const resolve = (...parts: string[]): string => posix.resolve(cwd(), ...parts);
  const path: Record<string, unknown> = {
    ...posix,
    resolve,
    relative: (from: string, to: string): string => posix.relative(resolve(from), resolve(to)),
  };
  path["posix"] = path;
  path["win32"] = win32;
  return path;
}
