import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Resvg } from "@resvg/resvg-js";
import { build, defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;

/** One symbol of the sprite: the drawing without its outer element, licence comment and spaces between tags. */
function symbol(name: string): string {
  const source = readFileSync(iconFile(name) ?? "", "utf8");
  const drawing = source
    .replace(/<!--.*?-->/gs, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s+/g, " ")
    .replace(/ ?\/> ?/g, "/>")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
}

/**
 * Names of the icons that the program uses: every quoted word in its Python, templates and scripts that is the name of
 * an icon. A word that means something else costs a hundred bytes; an icon that is used is never forgotten.
 */
function usedIcons(): string[] {
  const used = new Set<string>();
  for (const folder of ["../src/guanxi", "src"]) {
    for (const file of readdirSync(resolve(here, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.(py|html|ts)$/.test(file) || file.includes("node_modules")) continue;
      const text = readFileSync(resolve(here, folder, file), "utf8");
      for (const [, name = ""] of text.matchAll(/["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']/g)) {
        if (iconFile(name)) used.add(name);
      }
    }
  }
  return [...used].sort();
}

/** Our own drawing of an icon, else that of the icon library, else nothing. */
function iconFile(name: string): string | undefined {
  const own = resolve(here, "src/icons/own", `${name}.svg`);
  const library = resolve(here, "node_modules/lucide-static/icons", `${name}.svg`);
  return [own, library].find((file) => existsSync(file));
}

/** Writes the sprite of the used icons before it is bundled. */
function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    buildStart() {
      mkdirSync(resolve(here, "src/generated"), { recursive: true });
      writeFileSync(
        resolve(here, "src/generated/icons.svg"),
        `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke-linecap="round" stroke-linejoin="round">${usedIcons().map(symbol).join("")}</svg>`,
      );
    },
  };
}

const target = ["chrome123", "firefox120", "safari17.5"];
const outDir = resolve(here, "../src/guanxi/ui/static/dist");

/** The drawing of our icon as PNG: systems that put the application on a home screen want pixels. */
function appIcon(size: number, safeZone: boolean): Uint8Array {
  const source = readFileSync(resolve(here, "../src/guanxi/ui/static/ui/icon.svg"), "utf8");
  // A maskable icon may be cut to a circle: the ground fills the square, the drawing stays in the middle four fifths.
  const drawing = safeZone
    ? source.replace('rx="8" ', "").replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace("<rect ", '<rect x="-4" y="-4" ').replace(/width="32" height="32"/, 'width="40" height="40"')
    : source;
  return new Resvg(drawing, { fitTo: { mode: "width", value: size } }).render().asPng();
}

/** Writes the icons of the installed application beside the bundle. */
function appIcons(): Plugin {
  return {
    name: "app-icons",
    generateBundle() {
      for (const size of [192, 512]) this.emitFile({ type: "asset", fileName: `app-${size}.png`, source: appIcon(size, false) });
      this.emitFile({ type: "asset", fileName: "app-180.png", source: appIcon(180, true) });
      this.emitFile({ type: "asset", fileName: "app-mask-512.png", source: appIcon(512, true) });
    },
  };
}

/** Builds the service worker as one plain script without a hash in its name: browsers ask for it by one address. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    async closeBundle() {
      await build({
        configFile: false,
        logLevel: "warn",
        build: {
          outDir,
          emptyOutDir: false,
          target,
          rollupOptions: {
            input: resolve(here, "src/service-worker.ts"),
            output: { format: "iife", entryFileNames: "service-worker.js" },
          },
        },
      });
    },
  };
}

/** Writes each text file compressed beside itself, as the server hands it out to browsers that accept it. */
function compressed(): Plugin {
  return {
    name: "compressed",
    closeBundle() {
      for (const file of readdirSync(outDir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg)$/.test(file) || file === "service-worker.js") continue;
        const bytes = readFileSync(resolve(outDir, file));
        writeFileSync(resolve(outDir, `${file}.br`), brotliCompressSync(bytes));
        writeFileSync(resolve(outDir, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [iconSprite(), appIcons(), compressed(), serviceWorker()],
  build: {
    outDir,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    // Styles of one area of pages are files of their own; every page has those of core.
    rollupOptions: {
      input: {
        core: resolve(here, "src/core.ts"),
        settings: resolve(here, "src/styles/settings.css"),
        imports: resolve(here, "src/styles/import-pages.css"),
        talk: resolve(here, "src/styles/talk.css"),
        told: resolve(here, "src/styles/told.css"),
        stories: resolve(here, "src/styles/story.css"),
        time: resolve(here, "src/styles/time.css"),
        calendar: resolve(here, "src/styles/calendar.css"),
      },
    },
  },
});
