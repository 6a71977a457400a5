// Mounts ECharts over a drawing. Needs no inline style, no eval: tooltips are drawn on the canvas, not written as HTML.

const charts = [];
let library;

/** Starts to load and draw in `canvas`. Until the chart is ready the drawing stays. */
export function mount(canvas, optionJson) {
  const entry = { canvas, host: canvas.parentElement, optionJson, chart: null };
  charts.push(entry);
  setState(entry, "loading");
  load()
    .then((echarts) => show(entry, echarts))
    .catch(() => setState(entry, null));
}

function load() {
  library ??= import("/vendor/echarts.esm.min.mjs").then((echarts) => {
    followTheme(echarts);
    return echarts;
  });
  library.catch(() => {
    library = undefined;
  });
  return library;
}

function show(entry, echarts) {
  draw(entry, echarts);
  new ResizeObserver(() => entry.chart?.resize()).observe(entry.canvas);
  setState(entry, "ready");
  entry.chart.resize();
}

function draw(entry, echarts) {
  entry.chart?.dispose();
  entry.chart = echarts.init(entry.canvas, themeOfPage(), { renderer: "canvas" });
  const option = withTokens(JSON.parse(entry.optionJson));
  const tooltip = option.tooltip;
  if (tooltip) option.tooltip = { ...(Array.isArray(tooltip) ? tooltip[0] : tooltip), renderMode: "richText" };
  option.animation = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  option.animationDuration = 120;
  entry.chart.setOption(option);
}

function setState(entry, state) {
  if (!entry.host) return;
  if (state) entry.host.dataset.state = state;
  else delete entry.host.dataset.state;
}

function followTheme(echarts) {
  const redraw = () => {
    for (const entry of charts) if (entry.chart) draw(entry, echarts);
  };
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Replaces every `var(--name)` in the options by the colour it stands for now. */
function withTokens(value) {
  if (typeof value === "string") {
    return value.replace(/var\((--[\w-]+)\)/g, (_, name) => token(name));
  }
  if (Array.isArray(value)) return value.map(withTokens);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTokens(inner)]));
  }
  return value;
}

function themeOfPage() {
  const text = { color: token("--ink-3"), fontFamily: token("--font-sans"), fontSize: 12 };
  const axis = {
    axisLine: { lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
    axisLabel: text,
    nameTextStyle: text,
    splitLine: { lineStyle: { color: token("--line") } },
  };
  return {
    color: [1, 2, 3, 4, 5].map((number) => token(`--series-${number}`)),
    backgroundColor: "transparent",
    textStyle: { fontFamily: token("--font-sans") },
    title: { textStyle: { color: token("--ink") }, subtextStyle: text },
    legend: { textStyle: { ...text, color: token("--ink-2") } },
    line: { symbol: "circle", symbolSize: 6 },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    logAxis: axis,
    tooltip: {
      backgroundColor: token("--surface"),
      borderColor: token("--line-strong"),
      textStyle: { ...text, color: token("--ink") },
    },
  };
}
