/** Fails when a built file is larger than its budget (KB after gzip), and prints every size. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { resolve } from "node:path";

const dist = resolve(import.meta.dirname, "../../src/guanxi/ui/static/dist");
const manifest = JSON.parse(readFileSync(resolve(dist, "manifest.json"), "utf8"));
const core = manifest["src/core.ts"];
const budgets = [
  ["styles", core.css[0], 25],
  ["core script", core.file, 75],
  ["drag script", manifest["src/dragging.ts"].file, 16],
  ["chart script", manifest["src/charts.ts"].file, 210],
  ["icons", manifest["src/generated/icons.svg"].file, 20],
  ["font", core.assets.find((file) => file.endsWith(".woff2")), 50],
];

let over = false;
for (const [name, file, most] of budgets) {
  const bytes = readFileSync(resolve(dist, file));
  const size = (file.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length) / 1024;
  over ||= size > most;
  console.log(`${size > most ? "OVER" : "ok  "}  ${name.padEnd(14)} ${size.toFixed(1).padStart(6)} KB of ${most}`);
}
process.exit(over ? 1 : 0);
