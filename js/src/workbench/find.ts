/** Searching the catalog for what a menu has no room for. */

import type { Elsewhere } from "../controls/checklist";
import type { CommandArgs, CommandName, Reply } from "../wire/request";
import { foundOptions } from "../wire/traits";

interface Asked {
  readonly source: { readonly live: boolean };
  command(name: CommandName, args?: CommandArgs): Promise<Reply | null>;
}

/** What a menu can find beyond its options; nothing where no kernel could look. */
export function findBy(
  store: Asked,
  name: "find_features" | "find_regions",
  more: number,
): Elsewhere | undefined {
  if (more === 0 || !store.source.live) return undefined;
  return {
    more,
    find: async (words) => {
      const reply = await store.command(name, { words });
      return reply === null
        ? null
        : foundOptions(reply.payload.options).map(({ id, name: label, detail }) => ({
            value: id,
            label,
            detail,
          }));
    },
  };
}
