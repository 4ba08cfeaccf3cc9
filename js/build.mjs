/**
 * Builds the browser bundles: what a notebook needs at once, what it fetches later, and one
 * that exported pages carry.
 *
 *   node build.mjs           minified, within the size budgets, with their content hashes
 *   node build.mjs --watch   the same again after every change of a source file
 *   node build.mjs --serve   the development page on a local port
 *
 * Every run builds everything: it takes a few seconds, and nothing can be stale.
 */

import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { deliver } from "./deliver.mjs";
import {
  asFunction,
  fromKernel,
  fromPage,
  handOver,
  PARTS,
  sharedModules,
  takeOver,
} from "./split.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, "../hicognition_widgets/static");
const budgets = {
  widget: { minified: 250_000, gzip: 80_000 },
  later: { minified: 75_000, gzip: 25_000 },
  // an exported page carries the code for its data too; it fetches nothing
  page: { minified: 250_000, gzip: 85_000 },
};

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

/** An entry and all it needs as one text. */
async function bundled(entry, plugins, more = {}) {
  const { outputFiles, metafile } = await esbuild.build({
    ...common,
    entryPoints: [entry],
    minify: true,
    legalComments: "inline",
    write: false,
    metafile: true,
    plugins: [...plugins, styleText],
    ...more,
  });
  return { text: outputFiles[0].text, metafile };
}

async function buildAll() {
  const shared = await sharedModules(
    here,
    async (entry, plugins) => (await bundled(entry, plugins)).metafile,
  );
  const widget = await bundled("src/index.ts", [fromKernel(here), handOver(here, shared)]);
  const later = await bundled(PARTS, [takeOver(here, shared)], { format: "cjs" });
  later.text = asFunction(later.text);
  const page = await bundled("src/page.ts", [fromPage(here)]);
  for (const [name, one] of Object.entries({ widget, later, page })) {
    console.log(await deliver(here, target, name, one, budgets[name]));
  }
}

/** True if all bundles were built. */
async function tryAll() {
  try {
    await buildAll();
    return true;
  } catch (failure) {
    // what esbuild itself found wrong it has already printed
    if (!failure.errors?.every(({ location }) => location)) console.error(failure.message);
    return false;
  }
}

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
  let building = tryAll();
  let waiting = false;
  watch(resolve(here, "src"), { recursive: true }, () => {
    // editors write a file in several steps: one build is enough for all of them
    if (waiting) return;
    waiting = true;
    building = building.then(() => {
      waiting = false;
      return tryAll();
    });
  });
} else if (flag === undefined) {
  if (!(await tryAll())) process.exitCode = 1;
} else {
  console.error(`unknown option ${flag}; use --watch, --serve or none`);
  process.exit(2);
}
