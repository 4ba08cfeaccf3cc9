import { describe, expect, it } from "vitest";
import { summarise, toCells } from "./limits";
import { cellAt, colourIndex, paint } from "./paint";
import { base64, pngFile } from "./png";
import { colourTable, pixelTable } from "./rules";
import { cells } from "./svg_parts";

const rgba = (pixels: Uint32Array) => {
  const bytes = [...new Uint8Array(pixels.buffer)];
  return Array.from(pixels, (_, i) => bytes.slice(4 * i, 4 * i + 4));
};
const colour = (map: string, i: number) => [...colourTable(map).slice(3 * i, 3 * i + 3), 255];

describe("paint", () => {
  it("gives every cell its colour, pixel by pixel", () => {
    const values = Float32Array.of(-1, -0.5, 0, 0.5, 1, 2);
    expect(rgba(paint(values, -1, 1, pixelTable("coolwarm")))).toEqual(
      [0, 64, 128, 192, 255, 255].map((i) => colour("coolwarm", i)),
    );
  });

  it("leaves missing and infinite cells transparent, and paints zero", () => {
    const values = [Number.NaN, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const none = [0, 0, 0, 0];
    expect(rgba(paint(toCells(values, "linear"), 0, 1, pixelTable("fall")))).toEqual([
      none,
      [255, 255, 255, 255],
      none,
      none,
    ]);
  });

  it("gives zero the lowest colour where logarithms are shown, and hatches what is none", () => {
    const shown = toCells([Number.NaN, 0, 1, 4, -1], "log2");
    expect(Array.from(shown)).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, 0, 2, Number.NaN]);
    expect(rgba(paint(shown, -1, 1, pixelTable("coolwarm")))).toEqual([
      [0, 0, 0, 0],
      colour("coolwarm", 0),
      colour("coolwarm", 128),
      colour("coolwarm", 255),
      [0, 0, 0, 0],
    ]);
    expect(summarise(shown)).toMatchObject({ count: 2, zeros: 1, min: 0, max: 2 });
    const scale = { lo: -1, hi: 1, map: "coolwarm" };
    const box = { x: 0, y: 0, width: 50, height: 10 };
    const drawn = cells(shown, 1, 5, scale, box).match(/<path fill="rgb/g);
    expect(drawn).toHaveLength(3);
  });

  it("writes into the pixels it is given", () => {
    const out = new Uint32Array(2).fill(7);
    expect(paint([0, Number.NaN], 0, 1, pixelTable("Greys"), out)).toBe(out);
    expect(out[1]).toBe(0);
  });

  it("agrees with the index used in figures", () => {
    const table = Uint32Array.from({ length: 256 }, (_, i) => i);
    for (let i = -20; i < 300; i++) {
      const value = i / 256 + 1e-6;
      expect(paint([value], 0, 1, table)[0]).toBe(colourIndex(value, 0, 1));
    }
  });
});

describe("the cell under a position", () => {
  it("is floored, and held inside at both edges", () => {
    expect([0, 9.99, 10, 399.9, 400, 401, -0.5].map((x) => cellAt(x, 400, 40))).toEqual([
      0, 0, 1, 39, 39, 39, 0,
    ]);
    expect(cellAt(Number.NaN, 400, 40)).toBe(0);
  });
});

describe("PNG files", () => {
  it("have the signature, size, raw scanlines and checksums", () => {
    const file = pngFile(Uint32Array.of(0xff0000ff, 0xff00ff00), 2, 1);
    const view = new DataView(file.buffer);
    expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([2, 1]);
    // IEND is the same in every file: its checksum is known
    expect([...file.subarray(-8)]).toEqual([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
    const data = file.subarray(8 + 25 + 8);
    expect([...data.subarray(0, 7)]).toEqual([0x78, 1, 1, 9, 0, 0xf6, 0xff]);
    expect([...data.subarray(7, 16)]).toEqual([0, 255, 0, 0, 255, 0, 255, 0, 255]);
  });

  it("are carried as base64", () => {
    expect(base64(Uint8Array.of(104, 105))).toBe("aGk=");
  });
});
