/** Arrays between bytes and typed arrays, with every claim of the sender checked. */

import type { DecodedArray, DType, TypedArray, WireArray } from "./arrays";
import type { Reply } from "./request";
import type { DecodedResult, RowWindow, WireResult } from "./result";

const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Data that does not have the shape it claims. */
export class WireError extends Error {
  override readonly name = "WireError";
}

function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(CONSTRUCTORS, value);
}

/** The bytes of `data`; a view into a larger buffer keeps its place in it. */
function bytesOf(data: unknown): Uint8Array {
  if (typeof data === "string") return bytesFromBase64(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  throw new WireError("an array arrived without its data");
}

export function bytesFromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

export function base64FromBytes(bytes: Uint8Array): string {
  let characters = "";
  // in pieces: a call takes only so many arguments
  for (let start = 0; start < bytes.length; start += 0x8000) {
    characters += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(characters);
}

const MISSING = 65_535;
const ZERO = 65_534;

/** Floats that came as 16 bit codes. */
function unpacked(
  bytes: Uint8Array,
  length: number,
  { low, step, log }: NonNullable<WireArray["packed"]>,
): Float32Array {
  const codes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length }, (_, i) => {
    const code = codes.getUint16(2 * i, true);
    if (code === MISSING) return Number.NaN;
    if (log && code === ZERO) return 0;
    const value = low + step * code;
    return log ? 2 ** value : value;
  });
}

/** One array of the wire as a typed array; copies only where alignment demands it. */
export function decodeArray(wire: WireArray, name = "array"): DecodedArray {
  if (!isDType(wire.dtype)) {
    throw new WireError(`${name} has the unknown type ${String(wire.dtype)}`);
  }
  const shape = wire.shape.map(Number);
  if (shape.some((side) => !Number.isInteger(side) || side < 0)) {
    throw new WireError(`${name} has the impossible shape (${wire.shape.join(", ")})`);
  }
  const make = CONSTRUCTORS[wire.dtype];
  const length = shape.reduce((product, side) => product * side, 1);
  const bytes = bytesOf(wire.data);
  const { packed } = wire;
  const each = packed === undefined ? make.BYTES_PER_ELEMENT : 2;
  if (bytes.byteLength !== length * each) {
    const expected = length * each;
    throw new WireError(
      `${name} of shape (${shape.join(", ")}) and type ${wire.dtype} needs ${expected} bytes; ` +
        `${bytes.byteLength} arrived`,
    );
  }
  if (packed !== undefined) {
    return { dtype: "float32", shape, data: unpacked(bytes, length, packed) };
  }
  const aligned = bytes.byteOffset % make.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const data: TypedArray = new make(aligned.buffer as ArrayBuffer, aligned.byteOffset, length);
  return { dtype: wire.dtype, shape, data };
}

/** The reverse of `decodeArray`. */
export function encodeArray(array: DecodedArray): WireArray {
  const { buffer, byteOffset, byteLength } = array.data;
  return {
    dtype: array.dtype,
    shape: array.shape,
    data: new DataView(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

export function decodeResult(wire: WireResult): DecodedResult {
  const arrays: Record<string, DecodedArray> = {};
  for (const [name, array] of Object.entries(wire.arrays)) {
    arrays[name] = decodeArray(array, name);
  }
  return { key: wire.key, meta: wire.meta, arrays };
}

/** Rows of a window as the kernel sends them; null if the picture is another by now. */
export function rowWindow({ payload, buffers }: Reply): RowWindow | null {
  const { first, after, bins, per_block, names } = payload;
  const [image, edges] = buffers;
  if (image === undefined || edges === undefined) return null;
  const lines = edges.byteLength / 4 - 1;
  const values = decodeArray({ dtype: "float32", shape: [lines, Number(bins)], data: image });
  const places = decodeArray({ dtype: "int32", shape: [lines + 1], data: edges });
  return {
    first: Number(first),
    after: Number(after),
    bins: Number(bins),
    image: values.data as Float32Array,
    edges: places.data as Int32Array,
    perBlock: Array.isArray(per_block) ? per_block.map(Number) : [],
    names: Array.isArray(names) ? names.map(String) : null,
  };
}
