import { afterEach, describe, expect, it } from "vitest";
import { place } from "../controls/popover";
import { brightness, followTheme, parseColour, themeBehind } from "./theme";

afterEach(() => {
  document.body.replaceChildren();
  document.body.removeAttribute("style");
});

describe("the theme", () => {
  it.each([
    ["rgb(255, 255, 255)", [255, 255, 255, 1]],
    ["rgba(17, 17, 17, 0.5)", [17, 17, 17, 0.5]],
    ["color(srgb 1 0.5 0)", [255, 127.5, 0, 1]],
    ["transparent", null],
    ["", null],
  ])("reads %j", (text, parts) => {
    expect(parseColour(text)).toEqual(parts);
  });

  it("tells dark from light as eyes do", () => {
    expect(brightness([0, 0, 255, 1])).toBeLessThan(0.5);
    expect(brightness([255, 255, 0, 1])).toBeGreaterThan(0.5);
  });

  it("is that of the nearest ground, also around a shadow root", () => {
    document.body.style.backgroundColor = "rgb(17, 17, 17)";
    const outer = document.createElement("div");
    document.body.append(outer);
    const inner = document.createElement("div");
    outer.attachShadow({ mode: "open" }).append(inner);
    expect(themeBehind(inner)).toBe("dark");
    outer.style.backgroundColor = "rgb(250, 250, 250)";
    expect(themeBehind(inner)).toBe("light");
  });

  it("follows the page until the widget leaves", async () => {
    document.body.style.backgroundColor = "rgb(255, 255, 255)";
    const element = document.createElement("div");
    document.body.append(element);
    const controller = new AbortController();
    followTheme(element, controller.signal);
    expect(element.dataset.theme).toBe("light");
    document.body.style.backgroundColor = "rgb(0, 0, 0)";
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(element.dataset.theme).toBe("dark");
    controller.abort();
    document.body.style.backgroundColor = "rgb(255, 255, 255)";
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(element.dataset.theme).toBe("dark");
  });
});

describe("the place of a panel", () => {
  const screen = { width: 1000, height: 800 };
  const anchor = (left: number, top: number) => ({
    left,
    right: left + 24,
    top,
    bottom: top + 24,
  });

  it("is below its button, their left edges aligned", () => {
    const at = place(anchor(100, 100), { width: 200, height: 300 }, screen);
    expect(at).toEqual({ left: 100, top: 128, height: 300 });
  });

  it("is aligned at the right where the screen ends", () => {
    const at = place(anchor(960, 100), { width: 200, height: 300 }, screen);
    expect(at.left).toBe(784);
  });

  it("is above where there is more room, and never off the screen", () => {
    const above = place(anchor(100, 700), { width: 200, height: 300 }, screen);
    expect(above).toEqual({ left: 100, top: 396, height: 300 });
    const tall = place(anchor(100, 500), { width: 200, height: 3000 }, screen);
    expect(tall.top).toBeGreaterThanOrEqual(8);
    expect(tall.top + tall.height).toBeLessThanOrEqual(500);
  });
});
