/** Entries in the menu of a stackup: blocks of rows as the clusters of an embedding beside it. */

import type { MenuItem } from "../controls/menu";
import { groupsLike, sameSetting } from "../state/settings";
import type { ViewStore } from "../state/store";
import type { SettingsPatch } from "../wire/settings";
import { featuresText } from "./words";

export function groupItems(
  stackup: ViewStore | null,
  beside: readonly { readonly store: ViewStore | null }[],
): MenuItem[] {
  if (stackup?.get().snapshot.facts.kind !== "stackup") return [];
  const now = stackup.get().snapshot.settings;
  return beside.flatMap(({ store }): MenuItem[] => {
    if (store === null) return [];
    const { facts, settings } = store.get().snapshot;
    const patch = groupsLike(settings);
    if (patch === null) return [];
    const checked = Object.entries(patch).every(([name, value]) =>
      sameSetting(now[name as keyof SettingsPatch], value),
    );
    return [
      {
        label: `Clusters as in ${settings.title || featuresText(facts, settings)}`,
        mark: "check",
        checked,
        onSelect: () => stackup.change(checked ? { group_by: "" } : patch),
      },
    ];
  });
}
