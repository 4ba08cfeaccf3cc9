/**
 * Builds the browser bundles: one for notebooks, and one that exported pages carry.
 *
 *   node build.mjs           minified, within the size budget, with its content hash
 *   node build.mjs --watch   the same again after every change of a source file
 *   node build.mjs --serve   the development page on a local port
 *
 * Every run builds everything: it takes a fraction of a second, and nothing can be stale.
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, "../hicognition_widgets/static");
const budgets = {
  widget: { minified: 256_000, gzip: 85_000 },
  // an exported page carries the code for its data too, and no kernel to share it with
  page: { minified: 264_000, gzip: 88_000 },
};

/** What must not be in a bundle that runs under a strict content-security policy, offline. */
const forbidden = [
  [/\beval\s*\(/, "eval"],
  [/\bnew Function\b|[^.\w]Function\s*\(/, "the Function constructor"],
  [/\b(import|from)\s*\(?\s*["'`]https?:/, "an import from the network"],
];

/** Names from a shared catalog are text; the framework's own way around that stays unused. */
const htmlFromText = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe/i;

async function sourcesWithHtml(metafile) {
  const own = Object.keys(metafile.inputs).filter((path) => path.startsWith("src/"));
  const texts = await Promise.all(own.map((path) => readFile(resolve(here, path), "utf8")));
  return own.filter((_, i) => htmlFromText.test(texts[i]));
}

/** Style sheets as minified text. */
const styleText = {
  name: "style text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** The same program in fewer bytes: esbuild joins the modules, terser writes them shortest. */
async function smaller(source) {
  const { code } = await minify(source, {
    module: true,
    ecma: 2020,
    compress: { passes: 3, pure_getters: true },
    format: { ascii_only: false, comments: "some" },
  });
  const text = withShortClasses(code);
  return { text, contents: Buffer.from(text) };
}

/** Classes that are looked for from outside keep their names. */
const known = new Set([
  "hcw-line",
  "hcw-plot",
  "hcw-focus",
  "hcw-member",
  "hcw-cluster",
  "hcw-floats",
  "hcw-significant",
  "hcw-stem",
]);

/** Styles and elements live in a shadow root together: short names of classes do there. */
function withShortClasses(code) {
  const names = new Map();
  return code.replace(/(?<![\w-])hcw-[a-z][a-z-]*(?![\w-])/g, (name) => {
    if (known.has(name)) return name;
    if (!names.has(name)) names.set(name, `h${names.size.toString(36)}`);
    return names.get(name);
  });
}

/** Checks a bundle and puts it, with its hash, where Python finds it. */
const deliver = (name) => ({
  name: "deliver",
  setup(build) {
    const budget = budgets[name];
    build.onEnd(async (result) => {
      if (result.errors.length > 0) return;
      const file = await smaller(result.outputFiles[0].text);
      const problems = forbidden
        .filter(([pattern]) => pattern.test(file.text))
        .map(([, what]) => `the bundle contains ${what}`);
      for (const path of await sourcesWithHtml(result.metafile)) {
        problems.push(`${path} makes HTML from text`);
      }
      const sizes = {
        minified: file.contents.length,
        gzip: gzipSync(file.contents, { level: 9 }).length,
      };
      const over = Object.keys(budget).filter((name) => sizes[name] > budget[name]);
      if (problems.length + over.length > 0) {
        const errors = [
          ...problems,
          ...over.map((n) => `${name}.js has ${sizes[n]} bytes ${n}; ${budget[n]} are allowed`),
        ];
        return { errors: errors.map((text) => ({ text })) };
      }
      const sha256 = createHash("sha256").update(file.contents).digest("hex");
      await mkdir(target, { recursive: true });
      await put(`${name}.js`, file.contents);
      await put(`${name}.json`, `${JSON.stringify({ sha256, bytes: sizes }, null, 2)}\n`);
      const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
      console.log(
        `${name}.js  ${kb(sizes.minified)}  ${kb(sizes.gzip)} gzip  ${sha256.slice(0, 12)}`,
      );
    });
  },
});

/** Whole files only: a reader never meets half a bundle. */
async function put(name, content) {
  const path = resolve(target, name);
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, content);
  await rename(part, path);
}

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  // shorter calls than those of the automatic transform that types and tests are checked with
  inject: [resolve(here, "jsx.ts")],
  tsconfigRaw: {
    compilerOptions: {
      jsx: "react",
      jsxFactory: "h",
      jsxFragmentFactory: "Fragment",
      useDefineForClassFields: true,
    },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

const options = (name, entry) => ({
  ...common,
  entryPoints: [entry],
  outfile: resolve(target, `${name}.js`),
  minify: true,
  legalComments: "inline",
  write: false,
  metafile: true,
  plugins: [styleText, deliver(name)],
});
const all = [options("widget", "src/index.ts"), options("page", "src/page.ts")];

const [flag] = process.argv.slice(2);
if (flag === "--serve") {
  const context = await esbuild.context({
    ...common,
    entryPoints: ["dev/dev.ts"],
    outdir: resolve(here, "dev"),
    write: false,
    sourcemap: "inline",
    plugins: [styleText],
  });
  const port = Number(process.env.PORT ?? 8123);
  await context.serve({ host: "127.0.0.1", port, servedir: resolve(here, "dev") });
  console.log(`http://127.0.0.1:${port}/`);
} else if (flag === "--watch") {
  for (const one of all) await (await esbuild.context(one)).watch();
} else if (flag === undefined) {
  try {
    for (const one of all) await esbuild.build(one);
  } catch (failure) {
    // what esbuild itself found wrong it has already printed
    if (!failure.errors?.every(({ location }) => location)) console.error(failure.message);
    process.exitCode = 1;
  }
} else {
  console.error(`unknown option ${flag}; use --watch, --serve or none`);
  process.exit(2);
}
