/** Lengths in bp as people type them. */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  bp: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
};

/** "200 kb", "±0.2 Mb", "200,000" as bp; null if it is none of these. */
export function parseBp(text: string): number | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^±|^\+-|^\+/, "")
    .replaceAll(/[\s,_]/g, "");
  const match = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/.exec(plain);
  const unit = match?.[2] === undefined ? undefined : UNITS[match[2]];
  if (match === null || unit === undefined) return null;
  const bp = Math.round(Number(match[1]) * unit);
  return bp > 0 ? bp : null;
}
