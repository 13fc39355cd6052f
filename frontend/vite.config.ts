import { readFileSync, writeFileSync, existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;

/** One symbol of the sprite: the drawing without its outer element, licence comment and spaces between tags. */
function symbol(name: string): string {
  const own = resolve(here, "src/icons/own", `${name}.svg`);
  const lucide = resolve(here, "node_modules/lucide-static/icons", `${name}.svg`);
  const source = readFileSync(existsSync(own) ? own : lucide, "utf8");
  const drawing = source
    .replace(/<!--.*?-->/gs, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s+/g, " ")
    .replace(/ ?\/> ?/g, "/>")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
}

/** Writes the icon sprite from the list of used names, so that no unused icon is shipped. */
function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    buildStart() {
      const list = resolve(here, "src/icons/names.txt");
      this.addWatchFile(list);
      const names = readFileSync(list, "utf8").split("\n").filter(Boolean);
      mkdirSync(resolve(here, "src/generated"), { recursive: true });
      writeFileSync(
        resolve(here, "src/generated/icons.svg"),
        `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke-linecap="round" stroke-linejoin="round">${names.map(symbol).join("")}</svg>`,
      );
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [iconSprite()],
  build: {
    outDir: resolve(here, "../src/guanxi/ui/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { core: resolve(here, "src/core.ts") } },
  },
});
