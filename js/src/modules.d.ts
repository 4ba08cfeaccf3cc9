/** Style sheets are bundled as minified text and adopted by the shadow root. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** Modules of this program that the parts fetched later use too, in the order they expect. */
declare module "hicognition:shared" {
  export const shared: readonly unknown[];
}
