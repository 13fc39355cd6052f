/** Large charts of dashboards. The server writes what to show as JSON; colours come from the tokens, in both themes. */
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { one } from "./dom";

use([BarChart, LineChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

interface Series {
  name: string;
  kind?: "bar" | "line" | "area" | "scatter";
  data: (number | null | [number, number])[];
  tone?: "loss" | "ok" | "other";
  stack?: string;
}
interface Spec {
  categories?: string[];
  series: Series[];
  unit?: string;
  currency?: string;
  percent?: boolean;
  horizontal?: boolean;
  /** Address behind each category: a click opens the rows. */
  links?: (string | null)[];
  axis?: string;
}

const mounted = new Map<HTMLElement, EChartsType>();

/** The colour a token has now. Custom properties hold light-dark(), which only a real property resolves. */
function colour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function formatter(spec: Spec): (value: number) => string {
  const language = document.documentElement.lang;
  const options: Intl.NumberFormatOptions = spec.currency
    ? { style: "currency", currency: spec.currency, notation: "compact", currencyDisplay: "narrowSymbol" }
    : spec.percent
      ? { style: "percent", maximumFractionDigits: 1 }
      : { notation: "compact", maximumFractionDigits: 1 };
  const format = new Intl.NumberFormat(language, options);
  return (value) => format.format(value);
}

function seriesColour(series: Series, index: number): string {
  if (series.tone === "loss") return colour("--danger");
  if (series.tone === "ok") return colour("--ok-fill");
  if (series.tone === "other" || index > 5) return colour("--chart-other");
  return colour(`--chart-${index + 1}`);
}

function option(spec: Spec): EChartsCoreOption {
  const text = colour("--text-3");
  const format = formatter(spec);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const font = getComputedStyle(document.body).fontFamily;
  const value = { type: "value", axisLine: { show: false }, axisLabel: { color: text, fontSize: 11, formatter: format }, splitLine: { lineStyle: { color: colour("--line") } }, name: spec.axis };
  const category = { type: "category", data: spec.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-strong") } }, axisLabel: { color: text, fontSize: 11 } };
  const scatter = spec.series.some((series) => series.kind === "scatter");
  const across = scatter ? value : category;
  return {
    textStyle: { fontFamily: font, color: colour("--text-2") },
    animationDuration: still ? 0 : 200,
    animationDurationUpdate: 0,
    aria: { enabled: true, decal: { show: spec.series.length > 4 || matchMedia("(forced-colors: active)").matches } },
    grid: { left: 8, right: 12, top: spec.series.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
    legend: spec.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: colour("--text-2"), fontSize: 12 } } : undefined,
    // Rich text is drawn by the canvas: an HTML tip would need inline styles, which the security policy forbids.
    tooltip: { trigger: scatter ? "item" : "axis", renderMode: "richText", confine: true, backgroundColor: colour("--inverse"), borderWidth: 0, textStyle: { color: colour("--inverse-text"), fontSize: 12 }, valueFormatter: (v: unknown) => (typeof v === "number" ? format(v) : String(v ?? "")) },
    xAxis: spec.horizontal ? value : across,
    yAxis: spec.horizontal ? { ...category, inverse: true } : value,
    series: spec.series.map((series, index) => {
      const fill = seriesColour(series, index);
      const line = series.kind === "line" || series.kind === "area";
      return {
        name: series.name,
        type: line ? "line" : (series.kind ?? "bar"),
        data: series.data,
        stack: series.stack,
        color: fill,
        barMaxWidth: 28,
        barCategoryGap: "40%",
        itemStyle: line ? undefined : { borderRadius: series.stack ? 0 : spec.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] },
        lineStyle: { width: 2 },
        symbolSize: 6,
        showSymbol: false,
        areaStyle: series.kind === "area" ? { opacity: 0.08 } : undefined,
      };
    }),
  };
}

export function mountChart(holder: HTMLElement): void {
  const source = one("script[type='application/json']", holder);
  const canvas = one("[data-chart-canvas]", holder);
  if (!source || !canvas || mounted.has(holder)) return;
  const spec = JSON.parse(source.textContent ?? "{}") as Spec;
  const chart = init(canvas, undefined, { renderer: "canvas" });
  chart.setOption(option(spec));
  chart.on("click", (event) => {
    const address = spec.links?.[event.dataIndex];
    if (address) location.href = address;
  });
  mounted.set(holder, chart);
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

function redraw(): void {
  for (const [holder, chart] of mounted) {
    if (!holder.isConnected) {
      chart.dispose();
      mounted.delete(holder);
      continue;
    }
    const source = one("script[type='application/json']", holder);
    chart.setOption(option(JSON.parse(source?.textContent ?? "{}") as Spec), true);
  }
}

document.addEventListener("guanxi:preference", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
