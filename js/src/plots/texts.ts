/** Numbers as people read them: −, thin spaces, no idle zeros. */

import { rules } from "./rules";

export const THIN_SPACE = "\u2009";
export const MINUS = "\u2212";

function signed(text: string, value: number): string {
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

function stripped(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A measured value with so many significant digits; missing is an en dash. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const [mantissa, power] = size.toExponential(digits - 1).split("e") as [string, string];
  const exponent = Number(power);
  if (exponent < -3 || exponent >= 5) {
    const sign = exponent < 0 ? MINUS : "";
    return signed(`${stripped(mantissa)}e${sign}${Math.abs(exponent)}`, value);
  }
  return signed(stripped(size.toFixed(Math.max(digits - 1 - exponent, 0))), value);
}

/** The value of a limit, short enough for its place beside a colour bar. */
export function formatLimit(value: number): string {
  const size = Math.abs(value);
  return formatNumber(value, size >= 0.01 && size < 99_950 ? 3 : 2);
}

/** What a person typed; null when it is empty, NaN when it is no number. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replaceAll(MINUS, "-").replaceAll("–", "-").replace(",", ".");
  return plain === "" ? null : Number(plain);
}

/** A number of things: “1,013”. */
export function formatCount(n: number): string {
  return signed(String(Math.abs(n)).replace(/\B(?=(\d{3})+$)/g, ","), n);
}

/** A length: “500 bp”, “10 kb”, “1.5 Mb”. */
export function formatBp(bp: number): string {
  const whole = Math.floor(Math.abs(bp) + 0.5);
  const [size, name] = whole >= 1e6 ? [1e6, "Mb"] : whole >= 1e3 ? [1e3, "kb"] : [1, "bp"];
  const text = stripped((whole / size).toFixed(3));
  return signed(`${text}${THIN_SPACE}${name}`, bp);
}

/** A place relative to the point: “−120 kb”, “0”, “+40 kb”. */
export function formatOffset(bp: number): string {
  if (Math.floor(Math.abs(bp) + 0.5) === 0) return "0";
  return bp > 0 ? `+${formatBp(bp)}` : formatBp(bp);
}

/** Half-width around a point: “±200 kb”. */
export function formatFlank(bp: number): string {
  return `±${formatBp(bp)}`;
}

/** A place within a rescaled region: “−20 %”. */
export function formatPercent(percent: number): string {
  return signed(`${stripped(Math.abs(percent).toFixed(2))}${THIN_SPACE}%`, percent);
}

function multiple(i: number, digit: number, power: number): number {
  return power >= 0 ? i * digit * 10 ** power : (i * digit) / 10 ** -power;
}

function tickRange(lo: number, hi: number, step: number): [first: number, last: number] {
  return [Math.ceil(lo / step - 1e-9), Math.floor(hi / step + 1e-9)];
}

function tickStep(lo: number, hi: number, n: number): [digit: number, power: number] {
  for (let power = Math.floor(Math.log10((hi - lo) / n)) - 1; ; power++) {
    for (const digit of rules.tick_steps) {
      const [first, last] = tickRange(lo, hi, multiple(1, digit, power));
      if (last - first + 1 <= n) return [digit, power];
    }
  }
}

/** At most `n` round positions between two values: steps of 1, 2 or 5 × 10^k. */
export function ticks(from: number, to: number, n: number): number[] {
  const [lo, hi] = from < to ? [from, to] : [to, from];
  if (!Number.isFinite(hi - lo) || n < 1) return [];
  if (lo === hi) return [lo];
  const [digit, power] = tickStep(lo, hi, n);
  const [first, last] = tickRange(lo, hi, multiple(1, digit, power));
  const positions: number[] = [];
  // + 0: there is one zero on an axis
  for (let i = first; i <= last; i++) positions.push(multiple(i, digit, power) + 0);
  return positions;
}

/** Limits of a value axis moved outwards to the next ticks, so that both ends are round. */
export function niceLimits(lo: number, hi: number, n = 8): [number, number] {
  const [digit, power] = tickStep(lo, hi, n);
  const step = multiple(1, digit, power);
  return [
    multiple(Math.floor(lo / step + 1e-9), digit, power) + 0,
    multiple(Math.ceil(hi / step - 1e-9), digit, power) + 0,
  ];
}

function decimals(value: number): number {
  const text = stripped(Math.abs(value).toFixed(6));
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}

/** Labels of ticks, with as many decimals as the finest of them needs. */
export function tickTexts(positions: readonly number[]): string[] {
  const finite = positions.filter(Number.isFinite);
  const largest = Math.max(0, ...finite.map(Math.abs));
  const most = Math.max(0, ...finite.map(decimals));
  const plain = largest < 1e5 && !(largest > 0 && largest < 1e-3);
  return positions.map((value) => {
    if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : "∞";
    return plain ? signed(Math.abs(value).toFixed(most), value) : formatNumber(value);
  });
}
