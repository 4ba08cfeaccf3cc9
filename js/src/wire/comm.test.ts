import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  comparisonTraits,
  FakeHost,
  FakeModel,
  pileupResult,
  pileupTraits,
  profileTraits,
} from "../testing/fake";
import { CommComparison, CommSource } from "./comm";
import { CommandError } from "./source";

describe("a view over a model", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("reads facts, settings and the decoded result", () => {
    const { facts, settings, result } = new CommSource(
      new FakeModel(pileupTraits()),
    ).snapshot();
    expect(facts.kind).toBe("pileup");
    expect(facts.regions?.n).toBe(1013);
    expect(settings).toMatchObject({ flank: 200_000, normalization: "oe", features: ["2"] });
    expect(result?.arrays.mean?.shape).toEqual([41, 41]);
    expect(result?.arrays.mean?.data).toBeInstanceOf(Float32Array);
  });

  it("tells of one message from Python once, when all of it is there", async () => {
    const model = new FakeModel(pileupTraits());
    const source = new CommSource(model);
    const listener = vi.fn();
    source.subscribe(listener);
    model.update({ status: "computing", progress: 0.5, elapsed: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(source.snapshot().facts).toMatchObject({ status: "computing", progress: 0.5 });
  });

  it("keeps the decoded result while other traits change", async () => {
    const model = new FakeModel(pileupTraits());
    const source = new CommSource(model);
    const before = source.snapshot().result;
    model.update({ stale: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(source.snapshot().result).toBe(before);
    model.update({ result: pileupResult({ flank: 100_000, binsize: 10_000 }) });
    await vi.advanceTimersByTimeAsync(0);
    expect(source.snapshot().result?.arrays.mean?.shape).toEqual([21, 21]);
  });

  it("sends what needs a computation at once, and only what changed", () => {
    const model = new FakeModel(pileupTraits());
    new CommSource(model).change({ binsize: 20_000, flank: 200_000, features: ["2"] });
    expect(model.saved).toEqual([{ binsize: 20_000 }]);
  });

  it("sends floods of colour limits when the hand pauses", () => {
    const model = new FakeModel(pileupTraits());
    const source = new CommSource(model);
    for (let i = 0; i < 20; i++) source.change({ vmax: i });
    expect(model.get("vmax")).toBe(19);
    expect(model.saved).toEqual([]);
    vi.advanceTimersByTime(150);
    expect(model.saved).toEqual([{ vmax: 19, hand: expect.any(String) }]);
  });

  it("never sends back what Python said", async () => {
    const model = new FakeModel(pileupTraits());
    const source = new CommSource(model);
    source.subscribe(() => source.change({ binsize: source.snapshot().settings.binsize }));
    model.update({ binsize: 50_000, vmax: 3 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(model.saved).toEqual([]);
  });

  it("closing sends what is pending and leaves no listener", () => {
    const model = new FakeModel(pileupTraits());
    const source = new CommSource(model);
    source.change({ vmin: -1 });
    source.close();
    expect(model.saved).toEqual([{ vmin: -1, hand: expect.any(String) }]);
    expect(model.listening).toBe(0);
  });

  it("a damaged result is a failure with a reason, not a blank cell", () => {
    const result = pileupResult({ flank: 100_000, binsize: 10_000 });
    const mean = { ...result.arrays.mean, shape: [3, 3] };
    const model = new FakeModel(pileupTraits({ result: { ...result, arrays: { mean } } }));
    const { facts } = new CommSource(model).snapshot();
    expect(facts.status).toBe("failed");
    expect(facts.message).toMatch(/damaged/);
    expect(facts.detail).toMatch(/mean of shape \(3, 3\)/);
  });

  it("traits of the wrong type take their neutral value", () => {
    const odd = { flank: "wide", features: null, cmap: "jet", status: 7, vmin: Number.NaN };
    const { facts, settings } = new CommSource(new FakeModel(pileupTraits(odd))).snapshot();
    expect(settings).toMatchObject({ flank: null, features: [], cmap: "", vmin: null });
    expect(facts.status).toBe("empty");
  });
});

describe("commands", () => {
  it("come after settings that wait for the hand to pause, of other views too", async () => {
    const [view, above] = [new FakeModel(pileupTraits()), new FakeModel(comparisonTraits([]))];
    const told: string[] = [];
    view.save_changes = () => void told.push(`vmax ${view.get("vmax")}`);
    above.send = (content) => void told.push((content as { name: string }).name);
    const source = new CommSource(view);
    source.change({ vmax: 2 });
    void new CommComparison(above, undefined).command("undo");
    expect(told).toEqual(["vmax 2", "undo"]);
    // told once, and nothing is left to tell
    source.close();
    expect(told).toHaveLength(2);
  });

  it("get their own reply, whatever the order", async () => {
    const model = new FakeModel(pileupTraits());
    model.onCommand = () => null;
    const source = new CommSource(model);
    const [first, second] = [source.command("retry"), source.command("code")];
    const [one, two] = model.sent as { id: string; v: number; kind: string; name: string }[];
    expect(one).toMatchObject({ v: 1, kind: "command", name: "retry", args: {} });
    expect(one?.id).not.toBe(two?.id);
    model.reply({ v: 1, id: two?.id, ok: true, payload: { code: "x" } });
    model.reply({ v: 1, id: one?.id, ok: true, payload: {} });
    expect((await second).payload).toEqual({ code: "x" });
    expect((await first).payload).toEqual({});
  });

  it("hand over buffers", async () => {
    const model = new FakeModel(pileupTraits());
    const data = new DataView(new ArrayBuffer(3));
    model.onCommand = () => ({ payload: { name: "a.npy" }, buffers: [data] });
    const reply = await new CommSource(model).command("save_data", { format: "npy" });
    expect(reply.buffers).toEqual([data]);
  });

  it("are refused with the sentence Python gives", async () => {
    const model = new FakeModel(pileupTraits());
    model.onCommand = () => ({ error: "there is nothing to save yet" });
    const asked = new CommSource(model).command("save_data");
    await expect(asked).rejects.toThrow("there is nothing to save yet");
    await expect(asked).rejects.toBeInstanceOf(CommandError);
  });

  it("ignore messages that are not theirs", async () => {
    const model = new FakeModel(pileupTraits());
    model.onCommand = () => null;
    const source = new CommSource(model);
    const asked = source.command("retry");
    const [{ id }] = model.sent as [{ id: string }];
    for (const noise of [null, 3, "x", {}, { v: 2, id, ok: true }, { v: 1, id: "other" }]) {
      model.reply(noise);
    }
    model.reply({ v: 1, id, ok: true });
    expect((await asked).payload).toEqual({});
  });

  it("end when the view closes, and when the comm is gone", async () => {
    const model = new FakeModel(pileupTraits());
    model.onCommand = () => null;
    const source = new CommSource(model);
    const asked = source.command("retry");
    source.close();
    await expect(asked).rejects.toMatchObject({ code: "closed" });
    const dead = new FakeModel(pileupTraits());
    dead.send = () => {
      throw new Error("comm is closed");
    };
    await expect(new CommSource(dead).command("retry")).rejects.toMatchObject({
      code: "restarted",
    });
  });
});

describe("commands without an answer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("end once the kernel has forgotten the view; one that is only busy is waited for", async () => {
    const known: Record<string, unknown> = { here: {} };
    const silent = (id: string): FakeModel => {
      const model = new FakeModel(pileupTraits({ _comm_id: id }));
      model.onCommand = () => null;
      const manager = { _get_comm_info: () => Promise.resolve(known) };
      return Object.assign(model, { widget_manager: manager });
    };
    const busy = silent("here");
    const ends = [busy, silent("gone")].map((model) => {
      const end = { said: "" };
      const asked = new CommSource(model).command("retry");
      asked.then(
        () => Object.assign(end, { said: "answered" }),
        (error: Error) => Object.assign(end, { said: error.message }),
      );
      return end;
    });
    await vi.advanceTimersByTimeAsync(2900);
    expect(ends.map(({ said }) => said)).toEqual(["", ""]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends[0]?.said).toBe("");
    expect(ends[1]?.said).toBe("the kernel was restarted; run the cell again");
    busy.reply({ v: 1, id: (busy.sent[0] as { id: string }).id, ok: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(ends[0]?.said).toBe("answered");
  });

  it("are waited for where nobody can say what the kernel knows", async () => {
    const model = new FakeModel(pileupTraits({ _comm_id: "one" }));
    model.onCommand = () => null;
    const ended = vi.fn();
    new CommSource(model).command("retry").then(ended, ended);
    const manager = { _get_comm_info: () => Promise.reject(new Error("no kernel")) };
    Object.assign(model, { widget_manager: manager });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).not.toHaveBeenCalled();
  });
});

describe("a comparison over a model", () => {
  const setUp = (host = true) => {
    const children = {
      "anywidget:a": new FakeModel(pileupTraits()),
      "anywidget:b": new FakeModel(profileTraits()),
    };
    const model = new FakeModel(comparisonTraits(Object.keys(children)));
    const comparison = new CommComparison(model, host ? new FakeHost(children) : undefined);
    return { children, model, comparison };
  };

  it("opens each child once", async () => {
    const { comparison } = setUp();
    const view = await comparison.view("anywidget:b");
    expect(view.snapshot().facts.kind).toBe("profile");
    expect(await comparison.view("anywidget:b")).toBe(view);
  });

  it("finds children through the widget manager of older hosts", async () => {
    const { children, model } = setUp();
    const asked: string[] = [];
    const manager = {
      get_model: (id: string) => {
        asked.push(id);
        return Promise.resolve(children["anywidget:a"]);
      },
    };
    Object.assign(model, { widget_manager: manager });
    await new CommComparison(model, undefined).view("anywidget:a");
    expect(asked).toEqual(["a"]);
  });

  it("says so where linked views cannot work", async () => {
    const { comparison } = setUp(false);
    await expect(comparison.view("anywidget:a")).rejects.toThrow(/cannot show linked views/);
  });

  it("stops listening to a view that was taken out, and to all when closed", async () => {
    const { children, model, comparison } = setUp();
    await Promise.all(Object.keys(children).map((ref) => comparison.view(ref)));
    expect(children["anywidget:a"].listening).toBeGreaterThan(0);
    model.update({ views: ["anywidget:b"] });
    await new Promise((resolve) => setTimeout(resolve));
    expect(children["anywidget:a"].listening).toBe(0);
    expect(children["anywidget:b"].listening).toBeGreaterThan(0);
    comparison.close();
    await new Promise((resolve) => setTimeout(resolve));
    expect(children["anywidget:b"].listening).toBe(0);
    expect(model.listening).toBe(0);
  });
});
