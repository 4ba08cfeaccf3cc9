/** The bundle of an exported page: the same front end over the data that the page carries. */

export { mountEmbedded } from "./shell/page";
