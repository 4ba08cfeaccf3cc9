/** What a notebook fetches at its first use. */

export * as panels from "./panels";
export * from "./pictures";
