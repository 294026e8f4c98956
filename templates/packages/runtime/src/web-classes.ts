/** Classes of the web platform that Node's modules pass on. They are global in workerd, though not all are in its types. */
export function webClasses(...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, (globalThis as Record<string, unknown>)[name]]));
}
