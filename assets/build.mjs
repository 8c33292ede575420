// Builds what the pages load: main.css, main.js, chart.js, api.js and the sprite of icons, under names that stay.
// Run by `npm run build`; the fingerprints in the names come later, from Django's static files.
import { mkdir, readdir, readFile, writeFile, copyFile } from "node:fs/promises";
import path from "node:path";
import esbuild from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";
import { logical } from "./logical.mjs";

const SOURCE = "src/mainspring";
const OUT = `${SOURCE}/ui/static/built`;
const BROWSERS = ["chrome123", "firefox128", "safari17.5"];

// Names that templates put together from parts, and classes that only scripts or data set.
const COMPOSED = [
  /^btn-(primary|quiet|danger|internal|icon|sm|lg)$/,
  /^(badge|notice)-(grey|green|amber|red|blue|violet)$/,
  /^(status|message|priority|toast|bill|tile|step|menu|method)-/,
  /^(htmx|is|for)-/,
];

async function filesUnder(folder, endings) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((name) => !name.includes("/static/") && !name.includes("/tests/") && !name.includes("/migrations/"));
}

async function read(names) {
  return Promise.all(names.map((name) => readFile(name, "utf8")));
}

// Tabler in a layer of its own, turned to logical properties, without what no page uses; then our theme, which always wins.
async function styles(pages, scripts) {
  const tabler = await readFile("node_modules/@tabler/core/dist/css/tabler.css", "utf8");
  const turned = await postcss([logical]).process(tabler, { from: undefined });
  const [purged] = await new PurgeCSS().purge({
    content: [...pages, ...scripts].map((raw) => ({ raw, extension: "html" })),
    css: [{ raw: turned.css.replace('@charset "UTF-8";', "") }],
    safelist: { standard: COMPOSED },
    blocklist: [/^steps?(-|$)/, /^status(-|$)/, /^toast/, /^dropzone/],
    variables: false,
  });
  const own = await esbuild.build({
    entryPoints: ["assets/css/main.css"], bundle: true, write: false, external: ["*.woff2", "*.svg"], target: BROWSERS,
  });
  const used = withoutIdleVariables(`@layer tabler{${purged.css}}\n${own.outputFiles[0].text}`);
  const small = await esbuild.transform(used, { loader: "css", minify: true, target: BROWSERS });
  await writeFile(`${OUT}/main.css`, small.code);
}

// Tabler sets hundreds of variables; keep those that something reads, directly or through another variable.
function withoutIdleVariables(css) {
  const root = postcss.parse(css);
  for (let dropped = 1; dropped > 0; ) {
    const read = new Set(root.toString().match(/var\(\s*(--[\w-]+)/g)?.map((use) => use.replace(/var\(\s*/, "")));
    dropped = 0;
    root.walkDecls(/^--tblr-/, (decl) => {
      if (!read.has(decl.prop)) {
        decl.remove();
        dropped += 1;
      }
    });
  }
  root.walkRules((rule) => { if (!rule.nodes.length) rule.remove(); });
  return root.toString();
}

async function scripts() {
  await esbuild.build({
    entryPoints: { main: "assets/js/main.js", chart: "assets/js/chart.js", api: "assets/js/api.js" },
    outdir: OUT, bundle: true, minify: true, format: "esm", target: BROWSERS, legalComments: "none",
  });
}

// One sprite: every icon that a template or a module names in quotes. `icon("…")` of an unknown name stops the build.
async function sprite(texts) {
  const shapes = JSON.parse(await readFile("node_modules/@tabler/icons/tabler-nodes-outline.json", "utf8"));
  const all = texts.join("\n");
  const named = [...all.matchAll(/\bicon(?:_of)?(?:\(|\s*=\s*)"([a-z0-9-]+)"/g)].map((found) => found[1]);
  const missing = [...new Set(named)].filter((name) => !shapes[name]);
  if (missing.length) throw new Error(`Tabler has no icon named ${missing.join(", ")}`);
  const listed = (await readFile("assets/icons.txt", "utf8")).split(/\s+/);
  const quoted = [...all.matchAll(/"([a-z][a-z0-9-]{2,30})"/g)].map((found) => found[1]).filter((name) => shapes[name]);
  const names = [...new Set([...named, ...listed, ...quoted])].filter((name) => shapes[name]).sort();
  const mark = (await readFile("assets/mark.svg", "utf8")).replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
  const symbols = names.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${drawn(shapes[name])}</symbol>`);
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg"><symbol id="mark" viewBox="0 0 32 32">${mark}</symbol>${symbols.join("")}</svg>`;
  await writeFile(`${OUT}/icons.svg`, sheet);
  await copyFile("assets/mark.svg", `${OUT}/mark.svg`);
  return names.length;
}

function drawn(nodes) {
  return nodes.map(([tag, values]) => `<${tag} ${Object.entries(values).map(([key, value]) => `${key}="${value}"`).join(" ")}/>`).join("");
}

const began = performance.now();
await mkdir(OUT, { recursive: true });
const pages = await read(await filesUnder(SOURCE, [".html"]));
const modules = await read(await filesUnder(SOURCE, [".py"]));
const ours = await read(await filesUnder("assets/js", [".js"]));
const [, , icons] = await Promise.all([styles(pages, [...ours, ...modules.filter((text) => text.includes("form-"))]), scripts(), sprite([...pages, ...modules, ...ours])]);
console.log(`assets: ${icons} icons, ${Math.round(performance.now() - began)} ms`);
