import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Reply } from "../wire/request";

/** What the kernel answers is a module; here the modules of the program itself stand for it. */
const fetching = vi.hoisted(() => ({ fetchParts: vi.fn() }));
vi.mock("./fetch", () => fetching);

let page: HTMLElement;
beforeEach(() => {
  vi.resetModules();
  fetching.fetchParts.mockReset();
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => page.remove());

const asked = () => ({
  command: async (): Promise<Reply | null> => null,
  notice: vi.fn(),
});
const parts = async () => await vi.importActual<typeof import("./parts")>("./parts");

it("the parts are fetched once, however many ask at the same time", async () => {
  fetching.fetchParts.mockImplementation(parts);
  const { later } = await import("./later");
  const all = await Promise.all([later(asked()), later(asked())]);
  expect(all[0]?.svgOf).toBeTypeOf("function");
  expect(await later(asked())).toBe(all[1]);
  expect(fetching.fetchParts).toHaveBeenCalledTimes(1);
});

it("a failure is said, and the next wish tries again", async () => {
  fetching.fetchParts.mockRejectedValueOnce(new Error("blocked"));
  fetching.fetchParts.mockImplementationOnce(parts);
  const { later } = await import("./later");
  const first = asked();
  expect(await later(first)).toBeNull();
  expect(first.notice.mock.calls[0]?.[0].text).toContain("blocked");
  const second = asked();
  expect(await later(second)).not.toBeNull();
  expect(second.notice).not.toHaveBeenCalled();
});

it("a panel is drawn when it is there, with its sheet once per root", async () => {
  let arrive: (all: unknown) => void = () => undefined;
  const styles = ".made-up {}";
  fetching.fetchParts.mockReturnValue(new Promise((resolve) => (arrive = resolve)));
  const { Late } = await import("./later");
  const shadow = page.attachShadow({ mode: "open" });
  const from = asked();
  const drawn = (
    <>
      <Late asked={from}>{() => <b>one</b>}</Late>
      <Late asked={from}>{() => <b>two</b>}</Late>
    </>
  );
  render(drawn, shadow);
  expect(shadow.textContent).toBe("");
  arrive({ ...(await parts()), panels: { ...(await parts()).panels, styles } });
  await vi.waitFor(() => expect(shadow.textContent).toBe("onetwo"));
  await vi.waitFor(() => expect(shadow.adoptedStyleSheets).toHaveLength(1));
});

it("a page without panels draws none", async () => {
  const { panels: _, ...pictures } = await parts();
  fetching.fetchParts.mockResolvedValue(pictures);
  const { Late, later } = await import("./later");
  const from = asked();
  render(<Late asked={from}>{() => <b>panel</b>}</Late>, page);
  await later(from);
  expect(page.textContent).toBe("");
});
