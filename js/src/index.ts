/** The bundle of a notebook: what the loader there calls. */

import { type MountContext, mount } from "./shell/mount";

export { mount };

export default {
  /** The bundle can be a widget's module itself, where the host keeps one copy of it. */
  render: (context: MountContext): (() => void) => mount(context),
};
