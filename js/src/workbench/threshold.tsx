/** Selecting by a threshold: an annotation, and the least and the most it may be. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatNumber } from "../plots/texts";
import type { ComparisonStore } from "../state/comparison";

interface Annotation {
  readonly name: string;
  readonly low: number | null;
  readonly high: number | null;
}

/** The annotations with numbers that Python tells of, checked. */
function readAnnotations(payload: Readonly<Record<string, unknown>>): readonly Annotation[] {
  const given = Array.isArray(payload.annotations) ? payload.annotations : [];
  return given.flatMap((one: unknown): Annotation[] => {
    if (typeof one !== "object" || one === null) return [];
    const { name, low, high } = one as Record<string, unknown>;
    if (typeof name !== "string") return [];
    const number = (value: unknown) => (typeof value === "number" ? value : null);
    return [{ name, low: number(low), high: number(high) }];
  });
}

/** A number as people type it: with a comma, a real minus, or nothing for no threshold. */
export function threshold(text: string): number | null | undefined {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

export function Threshold(props: {
  readonly store: ComparisonStore;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, onClose } = props;
  const [known, setKnown] = useState<readonly Annotation[] | null>(null);
  const [name, setName] = useState("");
  const [least, setLeast] = useState("");
  const [most, setMost] = useState("");
  useEffect(() => {
    let wanted = true;
    void store.command("annotations").then((reply) => {
      if (!wanted || reply === null) return;
      const found = readAnnotations(reply.payload);
      setKnown(found);
      setName(found[0]?.name ?? "");
    });
    return () => {
      wanted = false;
    };
  }, [store]);
  const chosen = known?.find((one) => one.name === name);
  const low = threshold(least);
  const high = threshold(most);
  const wrong = low === undefined || high === undefined;
  const select = async (): Promise<void> => {
    const args = { annotation: name, at_least: low ?? null, at_most: high ?? null };
    if ((await store.command("select_where", args)) !== null) onClose();
  };
  const field = (
    label: string,
    value: string,
    bound: number | null | undefined,
    set: (text: string) => void,
    testid: string,
  ): JSX.Element => (
    <label>
      {label}
      <input
        type="text"
        inputMode="decimal"
        size={8}
        value={value}
        placeholder={typeof bound === "number" ? formatNumber(bound) : ""}
        aria-invalid={threshold(value) === undefined}
        data-testid={testid}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
  return (
    <form
      class="save-page threshold"
      data-testid="threshold"
      onSubmit={(event) => {
        event.preventDefault();
        void select();
      }}
    >
      <h3>Select by a value</h3>
      {known === null ? null : known.length === 0 ? (
        <p>This region set has no annotation with numbers yet; ws.annotate adds one.</p>
      ) : (
        <>
          <p class="fields">
            <label>
              annotation
              <select
                value={name}
                data-testid="threshold-annotation"
                onChange={(event) => setName(event.currentTarget.value)}
              >
                {known.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
            {field("at least", least, chosen?.low, setLeast, "threshold-least")}
            {field("at most", most, chosen?.high, setMost, "threshold-most")}
          </p>
          <p class="ends">
            <span role="status">{wrong ? "not a number" : ""}</span>
            <button
              type="submit"
              class="act"
              disabled={wrong || (least === "" && most === "")}
              data-testid="threshold-select"
            >
              Select
            </button>
          </p>
        </>
      )}
    </form>
  );
}
