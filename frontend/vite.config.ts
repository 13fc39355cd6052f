import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

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
    // Styles of one area of pages are files of their own; every page has those of core.
    rollupOptions: {
      input: {
        core: resolve(here, "src/core.ts"),
        settings: resolve(here, "src/styles/settings.css"),
        talk: resolve(here, "src/styles/talk.css"),
        stories: resolve(here, "src/styles/story.css"),
        time: resolve(here, "src/styles/time.css"),
      },
    },
  },
});
