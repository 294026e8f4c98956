/** Resolved by d2e-build when it bundles the Worker. */
declare module "dock2edge:image" {
  const image: import("./image").Image;
  export default image;
}
