/** The bundle: what the loader in a notebook and an exported page call. */

import { type MountContext, mount, mountEmbedded } from "./shell/mount";

export { mount, mountEmbedded };

export default {
  /** The bundle can be a widget's module itself, where the host keeps one copy of it. */
  render: (context: MountContext): (() => void) => mount(context),
};
