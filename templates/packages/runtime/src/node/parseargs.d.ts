/** The package is Node's own implementation, published by its authors without types. */
declare module "@pkgjs/parseargs" {
  export const parseArgs: typeof import("node:util").parseArgs;
}
