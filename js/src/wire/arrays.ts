/** Arrays as they travel: little-endian bytes that the codec makes typed arrays of. */

export type DType = "float32" | "float64" | "int32" | "uint32" | "uint8";
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** One array on the wire; base64 text only inside exported HTML. */
export interface WireArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: DataView | ArrayBuffer | Uint8Array | string;
  /** The data are 16 bit codes of floats: `low + step · code`, with `log` as power of two. */
  readonly packed?: { readonly low: number; readonly step: number; readonly log: boolean };
}

/** One array ready for use: C order, `data.length` is the product of `shape`. */
export interface DecodedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}
