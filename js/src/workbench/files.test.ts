import { describe, expect, it } from "vitest";
import { fileStem } from "../shell/files";
import type { DecodedArray } from "../wire/types";
import { csv, npy } from "./table_file";

const array: DecodedArray = {
  dtype: "float32",
  shape: [2, 3],
  data: new Float32Array([1, 2.5, Number.NaN, -4, 0, 6]),
};

describe("files made in the browser", () => {
  it("CSV leaves missing values empty", () => {
    expect(csv(array)).toBe("1,2.5,\n-4,0,6\n");
  });

  it("names cannot break cells or run as formulas", () => {
    const lines = csv(array, ['a "b", c', "=cmd()"]).split("\n");
    expect(lines[0]).toBe('"a ""b"", c",1,2.5,');
    expect(lines[1]?.startsWith('"\'=cmd()",')).toBe(true);
  });

  it("NPY is what NumPy reads", () => {
    const bytes = npy(array);
    expect([...bytes.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
    const length = (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
    expect((10 + length) % 64).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(10, 10 + length));
    expect(header).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/,
    );
    const data = bytes.slice(10 + length);
    expect(new Float32Array(data.buffer)).toEqual(array.data);
  });

  it("a vector's shape is a tuple of one", () => {
    const text = new TextDecoder().decode(npy({ ...array, shape: [6] }));
    expect(text).toContain("'shape': (6,), }");
  });

  it("names of files hold nothing that a file system refuses", () => {
    expect(fileStem("pileup", "CH12 loops", "Hi-C/Scc1: control")).toBe(
      "pileup_CH12_loops_Hi-C_Scc1_control",
    );
    expect(fileStem("../../etc")).toBe("etc");
    expect(fileStem("")).toBe("view");
    expect(fileStem("x".repeat(300)).length).toBe(100);
  });
});
