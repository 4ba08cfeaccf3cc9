import { describe, expect, it } from "vitest";
import { svgWithOrigin } from "../plots/picture_origin";
import { pngFile, withNote } from "../plots/png";
import { fileStem } from "../shell/files";
import type { DecodedArray } from "../wire/arrays";
import type { WireRegions } from "../wire/page_data";
import type { Rows } from "../wire/rows";
import { csv, type Known, npy, tableFile } from "../wire/table_file";
import type { ViewKind } from "../wire/view";

const array: DecodedArray = {
  dtype: "float32",
  shape: [2, 3],
  data: new Float32Array([1, 2.5, Number.NaN, -4, 0, 6]),
};

describe("files made in the browser", () => {
  it("CSV leaves missing values empty and keeps infinite ones", () => {
    const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY];
    expect(
      csv([
        ["a", values],
        ["b", ["x", "", "y z"]],
      ]),
    ).toBe('a,b\n1.5,"x"\n,""\nInfinity,"y z"\n');
  });

  it("names cannot break cells or run as formulas", () => {
    const lines = csv([["name", ['a "b", c', "=cmd()", "-1+1"]]]).split("\n");
    expect(lines.slice(1)).toEqual(['"a ""b"", c"', '"\'=cmd()"', '"\'-1+1"', ""]);
  });

  it("a table has the columns that Python gives it", () => {
    const axis = { mode: "point", flank: [10, 10], binsize: 10, size: 3 } as const;
    const counts = { n_used: 2, n_left_out: 0, reasons: {}, numbers: {} };
    const tracks = ["CTCF", "sites"].map((name) => ({ id: name, name, ...counts }));
    const meta = { ...counts, axis };
    const table = (
      kind: ViewKind,
      arrays: Record<string, DecodedArray>,
      more = {},
      group_by = "",
      known?: Known,
    ): string[] => {
      const result = { key: "", meta: { ...meta, ...more }, arrays };
      const settings = { contrast: "ratio", group_by } as const;
      return new TextDecoder()
        .decode(tableFile(kind, result, "csv", settings, known))
        .split("\n");
    };
    expect(table("pileup", { mean: array, count: array }).slice(0, 3)).toEqual([
      "row,column,mean,count",
      "0,0,1,1",
      "0,1,2.5,2.5",
    ]);
    expect(table("profile", { mean: array, low: array, high: array }, { tracks })[5]).toBe(
      '"sites",1,0,0,0',
    );
    expect(table("enrichment", { odds_ratio: array, q_value: array })[0]).toBe(
      "target,bin,odds_ratio,q_value",
    );
    const points = { ...array, shape: [3, 2] };
    const clusters = { dtype: "int32", shape: [3], data: Int32Array.from([0, 1, -1]) } as const;
    expect(table("embedding1d", { points, clusters }).slice(0, 3)).toEqual([
      "x,y,cluster",
      "1,2.5,0",
      ",-4,1",
    ]);
    const overlay = { ...array, shape: [3], data: Float32Array.from([7, 8, 9]) };
    expect(table("embedding2d", { points, clusters, overlay })[1]).toBe("1,2.5,0,7");
    const ints = (...values: number[]): DecodedArray => ({
      dtype: "int32",
      shape: [values.length],
      data: Int32Array.from(values),
    });
    const each = { image: array, order: ints(1, 0), row_edges: ints(0, 1, 2) };
    const blocks = [
      { name: "=a", n: 1, lines: 1 },
      { name: "b", n: 1, lines: 1 },
    ];
    expect(table("stackup", each).slice(0, 3)).toEqual([
      "region,0,1,2",
      "1,1,2.5,",
      "0,-4,0,6",
    ]);
    expect(table("stackup", each, { blocks }, "annotation:kind")[1]).toBe('1,"\'=a",1,2.5,');
    // where a line is several regions, it says of how many it is the mean
    const lines = { ...each, order: ints(4, 3, 2, 1, 0), row_edges: ints(0, 2, 5) };
    const large = [{ name: "all", n: 5, lines: 2 }];
    expect(table("stackup", lines, { blocks: large }).slice(0, 3)).toEqual([
      "regions,0,1,2",
      "2,1,2.5,",
      "3,-4,0,6",
    ]);
    expect(table("stackup", lines, { blocks: large }, "clusters:1")[1]).toBe('2,"all",1,2.5,');
  });

  it("rows say where their regions lie, whatever their order", () => {
    const axis = { mode: "point", flank: [10, 10], binsize: 10, size: 2 } as const;
    const ints = (...values: number[]): DecodedArray => ({
      dtype: "int32",
      shape: [values.length],
      data: Int32Array.from(values),
    });
    const regions: WireRegions = {
      name: "loops",
      ending: ".bedpe",
      standard: 10,
      loci: ["chrom1", "start1", "end2", "name", "strand1"],
      text: [
        "#chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\tx",
        "chr1\t1\t2\tchr1\t3\t4\t=A1\t0\t+\t.\t7",
        "chr2\t5\t6\tchr2\t7\t8\tB\t0\t-\t.\t7\n",
      ].join("\n"),
      origin: {},
    };
    const rows: Rows = {
      values: Float32Array.from([1, 2, 3, 4]),
      n: 2,
      bins: 2,
      random: new Int32Array(),
      body: [0, 2],
    };
    const image = { ...array, shape: [1, 2], data: Float32Array.from([2, 3]) };
    const meta = { n_used: 2, n_left_out: 0, reasons: {}, numbers: {}, axis };
    const result = { key: "", meta, arrays: { image, order: ints(1, 0) } };
    const settings = { contrast: "ratio", group_by: "" } as const;
    const file = (known: Known): string =>
      new TextDecoder().decode(tableFile("stackup", result, "csv", settings, known));
    expect(file({ regions, rows })).toBe(
      [
        "chrom1,start1,end2,name,strand1,region,0,1",
        '"chr2",5,8,"B","-",1,3,4',
        '"chr1",1,4,"\'=A1","+",0,1,2',
        "",
      ].join("\n"),
    );
    expect(file({ regions: null, rows })).toBe("region,0,1\n1,3,4\n0,1,2\n");
    // NPY stays the picture
    expect(tableFile("stackup", result, "npy", settings, { regions, rows })).toEqual(
      npy(image),
    );
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

describe("where files come from", () => {
  const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

  it("a picture stays one with a note in it", () => {
    const png = pngFile(new Uint32Array(4), 2, 2);
    const noted = withNote(png, "Description", "{}");
    expect(latin(noted.subarray(37, 41))).toBe("iTXt");
    expect(latin(noted.subarray(41, 52))).toBe("Description");
    expect(noted.length).toBe(png.length + 12 + 11 + 5 + 2);
    expect([...noted.subarray(-12)]).toEqual([...png.subarray(-12)]);
  });

  it("text of a figure cannot end its metadata", () => {
    const svg = svgWithOrigin("<svg a='1'><g/></svg>", '{"a": "</metadata><script>"}');
    expect(svg).toMatch(/^<svg a='1'><metadata>\{"a": "&lt;\/metadata&gt;&lt;script&gt;"\}</);
    expect(svg.endsWith("<g/></svg>")).toBe(true);
  });
});
