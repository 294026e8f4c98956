/**
 * TypeScript with `emitDecoratorMetadata` (Nest, TypeORM, TypeDI): the types of parameters become data that frameworks read
 * at run time. esbuild leaves them out, so such files go through TypeScript itself first, one by one.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** Compiler options for files with decorators. */
export type DecoratorOptions = ts.CompilerOptions;

function nearestConfig(entry: string, root: string): string | undefined {
  for (let folder = dirname(entry); folder.startsWith(root) && folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "tsconfig.json");
    if (existsSync(file)) return file;
  }
  return undefined;
}

/** The compiler options in force; undefined when the project does not ask for decorator metadata. */
export function decoratorOptions(
  entry: string,
  config: string | undefined,
  root: string,
): DecoratorOptions | undefined {
  const file = config ?? nearestConfig(entry, root);
  if (!file || !existsSync(file)) return undefined;
  const { config: json } = ts.readConfigFile(file, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(json ?? {}, ts.sys, dirname(file));
  if (!options.emitDecoratorMetadata) return undefined;
  return {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    jsx: ts.JsxEmit.Preserve,
    inlineSourceMap: true,
    sourceMap: false,
    inlineSources: false,
    declaration: false,
    composite: false,
    isolatedModules: true,
    verbatimModuleSyntax: false,
    // As the decorators of these frameworks expect it: fields are assigned, not defined.
    useDefineForClassFields: options.useDefineForClassFields ?? false,
  };
}

/** Compiles one file to JavaScript, keeping its import and export statements. */
export function transpile(path: string, text: string, options: DecoratorOptions): string {
  return ts.transpileModule(text, { fileName: path, compilerOptions: options }).outputText;
}
