/** Resolved by d2e-build when it bundles the Worker. */
declare module "dock2edge:image" {
  const image: import("./image").Image;
  export default image;
}

/** The files that were uploaded as assets. Resolved by d2e-build when it bundles the Worker of a gateway. */
declare module "dock2edge:files" {
  const files: readonly import("./image").ManifestEntry[];
  export default files;
}

declare module "dock2edge:container" {
  /** Texts of the container's files that a protocol server reads, by their absolute path in the container. */
  const files: Record<string, string>;
  export default files;
}
