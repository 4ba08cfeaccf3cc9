/** What a plot is given and what it gives back; the card around it is the shell's. */

import type { DecodedResult, RowWindow } from "./result";
import type { SettingsPatch, ViewSettings } from "./settings";

/** A pixel of an average map, as bins of its axis: rows are anchor 1. */
export interface Pixel {
  readonly row: number;
  readonly column: number;
}

export interface PlotProps {
  readonly result: DecodedResult;
  readonly settings: ViewSettings;
  /** CSS pixels that the plot may fill, axes and colour bar included. */
  readonly size: { readonly width: number; readonly height: number };
  /** An older picture under a progress mark: drawn, but answering to nothing. */
  readonly dimmed: boolean;
  /** A change of settings made in the plot, such as a dragged colour limit. */
  readonly onChange: (patch: SettingsPatch) => void;
  /** Text for the status line; null when the cursor has left. */
  readonly onReadout: (text: string | null) => void;
  /** Regions to mark, by row; null: none. */
  readonly selection?: Uint32Array | null;
  /** A person picked regions, or none of them. */
  readonly onSelect?: (rows: Uint32Array | null) => void;
  /** Asks for the regions that overlap any of these region sets at a place; live pages only. */
  readonly onHits?: (members: readonly string[], position: number | null) => void;
  /** A person wants to look at one region: the row, or whichever it is at a pixel of a map. */
  readonly onDetails?: (row: number | null, pixel?: Pixel) => void;
  /** Place to mark: bp from the point or percent of the region. */
  readonly marked?: number | null;
  /** Stackups: asks for finer rows; see `DataSource.rows`. */
  readonly onRows?: (first: number, after: number, lines: number) => Promise<RowWindow | null>;
  /** What the picture shows, for people who do not see it. */
  readonly label: string;
}
