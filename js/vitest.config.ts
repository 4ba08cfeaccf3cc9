import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    // a few workers are enough, and other work shares the machine
    maxWorkers: 2,
    // a busy machine is slow, not wrong
    testTimeout: 60_000,
  },
});
