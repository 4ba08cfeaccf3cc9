import { describe, expect, it } from "vitest";
import { isActive, jobWords, readJob } from "./job";

const read = (traits: Record<string, unknown>) => readJob((name) => traits[name]);

describe("a job's traits", () => {
  it("are read with neutral values for what is missing or odd", () => {
    const job = read({ state: "exploded", facts: [3], reasons: "none", title: 7 });
    expect(job).toMatchObject({ state: "queued", title: "", done: 0, total: 0, left: null });
    expect(job.reasons).toEqual([]);
  });

  it("say how it is going", () => {
    const facts = { done: 3, total: 9, running: 2, failed: 1, left: "12 s", live: true };
    const job = read({ state: "running", facts });
    expect(jobWords(job)).toBe("2 running · 1 failed · about 12 s left");
    expect(isActive(job)).toBe(true);
  });

  it("say how it ended, without a time that is over", () => {
    const facts = { done: 9, total: 9, left: "0 s" };
    expect(jobWords(read({ state: "finished", facts }))).toBe("finished");
    const some = { done: 6, total: 9, failed: 3 };
    expect(jobWords(read({ state: "failed", facts: some }))).toBe("3 of 9 failed");
    expect(jobWords(read({ state: "queued", facts: { total: 9 } }))).toBe(
      "waiting for a worker",
    );
  });
});
