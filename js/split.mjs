/**
 * Splits what a notebook needs at once from what it fetches at the first use of it.
 *
 * The module of the later parts must not bring a second copy of what the first one has: two
 * copies of the framework do not share a tree, two copies of a store do not share a state. So
 * the first bundle hands its own modules over, in an array, and the second is a function of it.
 */

import { relative, resolve, sep } from "node:path";

const PARTS = "src/later/parts.ts";
/** Packages with state of their own; of the others each bundle takes the functions it calls. */
const FRAMEWORK = /^node_modules\/preact\/(dist|hooks\/dist)\//;

const isShared = (path) => !path.startsWith("node_modules/") || FRAMEWORK.test(path);

/** The module `name` of `src/later` says where the later parts come from. */
const fetchedBy = (name) => (here) => ({
  name: "where parts come from",
  setup(build) {
    build.onResolve({ filter: /^\.\/fetch$/ }, ({ importer }) =>
      importer === resolve(here, "src/later/later.tsx")
        ? { path: resolve(here, `src/later/${name}.ts`) }
        : undefined,
    );
  },
});
export const fromKernel = fetchedBy("fetch_kernel");
export const fromPage = fetchedBy("fetch_page");

/** The array of the modules `paths`, as the first bundle hands it over. */
export const handOver = (here, paths) => ({
  name: "shared modules",
  setup(build) {
    build.onResolve({ filter: /^hicognition:shared$/ }, ({ path }) => ({
      path,
      namespace: "shared",
    }));
    build.onLoad({ filter: /.*/, namespace: "shared" }, () => ({
      contents: [
        ...paths.map((path, i) => `import * as m${i} from ${JSON.stringify(`./${path}`)};`),
        `export const shared = [${paths.map((_, i) => `m${i}`).join()}];`,
      ].join("\n"),
      resolveDir: here,
    }));
  },
});

/** Modules of `paths` are not bundled again but asked for by their number. */
export const takeOver = (here, paths) => ({
  name: "shared modules",
  setup(build) {
    build.onResolve(
      { filter: /.*/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (importer === "" || pluginData === "resolving") return undefined;
        const found = await build.resolve(path, {
          importer,
          resolveDir,
          kind,
          pluginData: "resolving",
        });
        const number = paths.indexOf(relative(here, found.path).replaceAll(sep, "/"));
        return number < 0 ? undefined : { path: String(number), external: true };
      },
    );
  },
});

/** A CommonJS bundle as a module that is a function of the shared modules. */
export const asFunction = (source) =>
  `export default (shared) => {const require = (i) => shared[i], module = {};${source}
return module.exports;};`;

/**
 * Modules that both bundles need.
 *
 * @param bundle builds an entry with plugins and returns the metafile
 */
export async function sharedModules(here, bundle) {
  const first = await bundle("src/index.ts", [fromKernel(here), handOver(here, [])]);
  const parts = await bundle(PARTS, []);
  const both = Object.keys(parts.inputs).filter((path) => path in first.inputs);
  const wanted = both.filter((path) => isShared(path) && !path.endsWith(".css"));
  // what only shared modules ask for need not be handed over itself
  const asking = Object.entries(parts.inputs).filter(([path]) => !wanted.includes(path));
  const asked = new Set(asking.flatMap(([, { imports }]) => imports.map(({ path }) => path)));
  return wanted.filter((path) => asked.has(path)).sort();
}

export { PARTS };
