/** Pictures as files; exported pages make these too. */

export { pngWithOrigin, svgWithOrigin } from "../plots/picture_origin";
export { pngOf, svgOf } from "../plots/pictures";
