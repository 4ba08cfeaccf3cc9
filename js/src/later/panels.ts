/** Panels and dialogs that a kernel answers. */

import detailsStyles from "../styles/details.css";
import sessionStyles from "../styles/sessions.css";

export { DetailsPanel } from "../workbench/details";
export { SaveFigure } from "../workbench/save_figure";
export { SavePage } from "../workbench/save_page";
export { SessionsPanel } from "../workbench/sessions_panel";
export { Threshold } from "../workbench/threshold";

export const styles = sessionStyles + detailsStyles;
