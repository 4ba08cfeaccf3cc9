/** The flank slider: a logarithmic track with the usual sizes as stops. */

/** Steps of the track; fine enough for a hand, coarse enough for round numbers. */
export const TRACK = 1000;
const CATCH = 14;

/** Place of a flank on the track, 0 to `TRACK`. */
export function trackPlace(flank: number, stops: readonly number[]): number {
  const low = stops[0] ?? flank;
  const high = stops.at(-1) ?? flank;
  if (high <= low) return 0;
  const place = (Math.log(flank / low) / Math.log(high / low)) * TRACK;
  return Math.round(Math.min(Math.max(place, 0), TRACK));
}

/** Flank at a place: a stop if one is near, else a number with two digits. */
export function flankAt(place: number, stops: readonly number[]): number | null {
  const low = stops[0];
  const high = stops.at(-1);
  if (low === undefined || high === undefined) return null;
  const near = stops.find((stop) => Math.abs(trackPlace(stop, stops) - place) <= CATCH);
  if (near !== undefined) return near;
  const exact = low * (high / low) ** (place / TRACK);
  const unit = 10 ** (Math.floor(Math.log10(exact)) - 1);
  return Math.max(Math.round(exact / unit) * unit, 1);
}

/**
 * A flank that bins of `unit` bp divide, nearest to the one that was wished for.
 *
 * Below two bins nothing is known about the finer bins that may exist, so it stays as it is.
 */
export function wholeBins(flank: number, unit: number): number {
  if (unit <= 1 || flank < 2 * unit) return flank;
  return Math.round(flank / unit) * unit;
}
