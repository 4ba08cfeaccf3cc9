/** What the browser can ask of Python, and the answer. */

export type CommandName =
  | "alive"
  | "retry"
  | "cancel"
  | "look"
  | "recompute"
  | "save_data"
  | "code"
  | "add_view"
  | "remove_view"
  | "move_view"
  | "swap_views"
  | "choose_regions"
  | "find_features"
  | "find_regions"
  | "undo"
  | "redo"
  | "save_regions"
  | "save_html"
  | "html_size"
  | "save_figure"
  | "methods"
  | "choose_selection"
  | "provenance"
  | "later"
  | "sessions"
  | "save_session"
  | "open_session"
  | "restore"
  | "update_session"
  | "delete_session"
  | "share_session"
  | "rename"
  | "select"
  | "hits"
  | "clear_selection"
  | "keep_selection"
  | "combine_selection"
  | "duplicate_view"
  | "copy_view"
  | "send_view"
  | "add_comparison"
  | "remove_comparison"
  | "annotations"
  | "select_where"
  | "show_beside"
  | "donors"
  | "link_view"
  | "link_all"
  | "unlink_view"
  | "create_region_set"
  | "details"
  | "rows";

export type CommandArgs = Readonly<Record<string, unknown>>;

/** A reply that succeeded; a refusal is thrown as a `CommandError`. */
export interface Reply {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly buffers: readonly DataView[];
}
