/** A PNG file from pixels, without a canvas: for pictures inside exported figures. */

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** zlib stream of stored blocks: larger than compressed, but plain and synchronous. */
function stored(data: Uint8Array): Uint8Array {
  const most = 65535;
  const blocks = Math.max(Math.ceil(data.length / most), 1);
  const bytes = new Uint8Array(2 + data.length + 5 * blocks + 4);
  bytes.set([0x78, 0x01]);
  const view = new DataView(bytes.buffer);
  let at = 2;
  for (let i = 0; i < blocks; i++) {
    const part = data.subarray(i * most, (i + 1) * most);
    bytes[at] = i === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, ~part.length & 0xffff, true);
    bytes.set(part, at + 5);
    at += 5 + part.length;
  }
  view.setUint32(at, adler32(data));
  return bytes;
}

/** @param pixels packed RGBA, one per cell, row by row */
export function pngFile(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8);
  const rgba = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const stride = 4 * width;
  const scanlines = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    scanlines.set(rgba.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", stored(scanlines)),
    chunk("IEND", new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** The same PNG with a note in its metadata, as UTF-8 text. */
export function withNote(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(keyword);
  const note = encoder.encode(text);
  // keyword, then no compression, no language, no translated keyword
  const data = new Uint8Array(name.length + 5 + note.length);
  data.set(name);
  data.set(note, name.length + 5);
  const part = chunk("iTXt", data);
  // notes stand behind the header, which always has the same length
  const file = new Uint8Array(png.length + part.length);
  file.set(png.subarray(0, HEADER));
  file.set(part, HEADER);
  file.set(png.subarray(HEADER), HEADER + part.length);
  return file;
}

/** Signature and first chunk. */
const HEADER = 33;

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(text);
}
