import { describe, expect, it } from "vitest";
import { wire } from "../testing/fake";
import type { DecodedArray, DType, TypedArray } from "./arrays";
import {
  base64FromBytes,
  bytesFromBase64,
  decodeArray,
  decodeResult,
  encodeArray,
  WireError,
} from "./codec";

const SAMPLES: readonly [DType, TypedArray][] = [
  ["float32", new Float32Array([1.5, -2, Number.NaN, 0, Number.POSITIVE_INFINITY, 1e-30])],
  ["float64", new Float64Array([Math.PI, -0, Number.NaN, 1e300, 2, 3])],
  ["int32", new Int32Array([-1, 0, 1, 2147483647, -2147483648, 7])],
  ["uint32", new Uint32Array([0, 1, 4294967295, 5, 6, 7])],
  ["uint8", new Uint8Array([0, 1, 2, 254, 255, 128])],
];

describe("arrays", () => {
  it.each(SAMPLES)("%s comes back as it went", (dtype, data) => {
    const array: DecodedArray = { dtype, shape: [2, 3], data };
    const back = decodeArray(encodeArray(array));
    expect(back.dtype).toBe(dtype);
    expect(back.shape).toEqual([2, 3]);
    expect(back.data).toEqual(data);
    expect(back.data.constructor).toBe(data.constructor);
  });

  it.each(SAMPLES)("%s is read from its own place in a larger buffer", (dtype, data) => {
    for (const shift of [0, 1, 3, 4, 8, 13]) {
      const array = wire(data, [6], shift);
      expect(array.dtype).toBe(dtype);
      expect(decodeArray(array).data).toEqual(data);
    }
  });

  it("aligned data is not copied", () => {
    const data = new Float32Array([1, 2]);
    const { buffer } = decodeArray(encodeArray({ dtype: "float32", shape: [2], data })).data;
    expect(buffer).toBe(data.buffer);
  });

  it("bytes are little endian", () => {
    const bytes = new Uint8Array([0, 0, 128, 63]);
    expect(decodeArray({ dtype: "float32", shape: [1], data: bytes.buffer }).data[0]).toBe(1);
  });

  it("base64 text is accepted, as in exported pages", () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);
    const text = base64FromBytes(bytes);
    expect(bytesFromBase64(text)).toEqual(bytes);
    expect(decodeArray({ dtype: "uint8", shape: [700, 100], data: text }).data).toEqual(bytes);
  });

  it("an empty array has a shape and no data", () => {
    const array = { dtype: "float32", shape: [0, 41], data: new ArrayBuffer(0) } as const;
    expect(decodeArray(array).data.length).toBe(0);
  });

  it.each([
    ["too few bytes", { dtype: "float32", shape: [3], data: new ArrayBuffer(8) }],
    ["too many bytes", { dtype: "uint8", shape: [3], data: new ArrayBuffer(8) }],
    ["no data", { dtype: "uint8", shape: [3], data: null }],
    ["a negative side", { dtype: "uint8", shape: [-1, -8], data: new ArrayBuffer(8) }],
    ["a broken side", { dtype: "uint8", shape: [2.5], data: new ArrayBuffer(8) }],
    ["an unknown type", { dtype: "float16", shape: [4], data: new ArrayBuffer(8) }],
    ["a type from the prototype", { dtype: "toString", shape: [4], data: new ArrayBuffer(8) }],
  ])("%s is refused by name", (_, array) => {
    expect(() => decodeArray(array as never, "mean")).toThrow(WireError);
    expect(() => decodeArray(array as never, "mean")).toThrow(/mean|array/);
  });

  it("a result names the array that is damaged", () => {
    const bad = { dtype: "float32", shape: [9], data: new ArrayBuffer(8) } as const;
    const result = { key: "k", meta: {} as never, arrays: { count: bad } };
    expect(() => decodeResult(result)).toThrow(/count .* needs 36 bytes; 8 arrived/);
  });
});
