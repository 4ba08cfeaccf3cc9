/** The part of an anywidget model and host that is used here. */

// biome-ignore lint/suspicious/noExplicitAny: listeners of a model take what its events carry
export type ModelListener = (...values: any[]) => void;

export interface WidgetModel {
  get(name: string): unknown;
  /** One at a time: not every host takes several in an object. */
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: ModelListener): void;
  off(event: string, listener: ModelListener): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  readonly widget_manager?: {
    get_model(id: string): Promise<WidgetModel>;
    /** The widgets that the kernel knows, by id; JupyterLab and Notebook can ask that. */
    _get_comm_info?(): Promise<Readonly<Record<string, unknown>>>;
  };
}

/** Present in anywidget 0.11 and later. */
export interface WidgetHost {
  getModel(ref: string): Promise<WidgetModel>;
  /** Draws any widget, also those of other packages. */
  getWidget?(ref: string): Promise<DrawnWidget>;
}

export interface DrawnWidget {
  render(place: { readonly el: HTMLElement; readonly signal?: AbortSignal }): Promise<void>;
}

const PREFIX = /^(anywidget:|IPY_MODEL_)/;

/** The model behind a reference such as `anywidget:<id>`, also in hosts without `host`. */
export function modelOf(
  ref: string,
  model: WidgetModel,
  host: WidgetHost | undefined,
): Promise<WidgetModel> {
  if (host !== undefined) return host.getModel(ref);
  const manager = model.widget_manager;
  if (manager === undefined) {
    return Promise.reject(new Error("this notebook application cannot show linked views"));
  }
  return manager.get_model(ref.replace(PREFIX, ""));
}
