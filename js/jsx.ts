/** What elements are made by in the bundle. */

export { Fragment, h } from "preact";
