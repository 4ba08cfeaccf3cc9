/** Asking with an end: a kernel that is busy or gone must not leave people waiting in silence. */

import type { CommandName, Reply } from "../wire/request";
import { CommandError } from "../wire/source";

const USUAL = 20_000;
/** Milliseconds for what may rightly take long. */
const LONGER: Readonly<Partial<Record<CommandName, number>>> = {
  save_html: 600_000,
  save_data: 120_000,
  // its small picture is drawn beside what is still computed
  save_session: 120_000,
  // the expected values of a large map, at a resolution that nobody has used yet
  details: 300_000,
};

/** The reply, or a refusal after a while; what comes later still reaches the view's traits. */
export function withPatience(name: CommandName, asked: Promise<Reply>): Promise<Reply> {
  const patience = LONGER[name] ?? USUAL;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const sentence = `the kernel has not answered for ${patience / 1000} s; it may be busy or gone`;
      reject(new CommandError(sentence, "timeout"));
    }, patience);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** How long a sentence that needs no answer stays on screen, in milliseconds. */
export const READ_BY = 6_000;
