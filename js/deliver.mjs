/** From a built text to a file where Python finds it: checked, within its budget, with its hash. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { minify } from "terser";

/** What must not be in a bundle that runs under a strict content-security policy, offline. */
const forbidden = [
  [/\beval\s*\(/, "eval"],
  [/\bnew Function\b|[^.\w]Function\s*\(/, "the Function constructor"],
  [/\b(import|from)\s*\(?\s*["'`]https?:/, "an import from the network"],
];

/** Names from a shared catalog are text; the framework's own way around that stays unused. */
const htmlFromText = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe/i;

async function sourcesWithHtml(here, metafile) {
  const own = Object.keys(metafile.inputs).filter((path) => path.startsWith("src/"));
  const texts = await Promise.all(own.map((path) => readFile(resolve(here, path), "utf8")));
  return own.filter((_, i) => htmlFromText.test(texts[i]));
}

/** The same program in fewer bytes: esbuild joins the modules, terser writes them shortest. */
async function smaller(source) {
  const { code } = await minify(source, {
    module: true,
    ecma: 2020,
    // the last two make code more like itself, so that it compresses better
    compress: { passes: 3, pure_getters: true, hoist_funs: true, lhs_constants: false },
    format: { ascii_only: false, comments: "some" },
  });
  return code;
}

/**
 * Writes a bundle and says in a line what it is; throws what is wrong with it.
 *
 * @param target folder of the built files
 * @param budget most bytes, `minified` and `gzip`
 */
export async function deliver(here, target, name, { text, metafile }, budget) {
  const code = await smaller(text);
  const contents = Buffer.from(code);
  const problems = forbidden
    .filter(([pattern]) => pattern.test(code))
    .map(([, what]) => `${name}.js contains ${what}`);
  for (const path of await sourcesWithHtml(here, metafile)) {
    problems.push(`${path} makes HTML from text`);
  }
  const sizes = {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
  };
  for (const [what, most] of Object.entries(budget)) {
    if (sizes[what] <= most) continue;
    problems.push(`${name}.js has ${sizes[what]} bytes ${what}; ${most} are allowed`);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const sha256 = createHash("sha256").update(contents).digest("hex");
  await mkdir(target, { recursive: true });
  await put(target, `${name}.js`, contents);
  await put(target, `${name}.json`, `${JSON.stringify({ sha256, bytes: sizes }, null, 2)}\n`);
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  return `${name}.js  ${kb(sizes.minified)}  ${kb(sizes.gzip)} gzip  ${sha256.slice(0, 12)}`;
}

/** Whole files only: a reader never meets half a bundle. */
async function put(target, name, content) {
  const path = resolve(target, name);
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, content);
  await rename(part, path);
}
