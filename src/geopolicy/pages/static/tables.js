// Figures, sums and the table of restrictions: what map and timeline show, in words.
import { byId, countText, durationText, el, foreign, lengthText } from "./dom.js";
import { data, momentText, secondsAt } from "./data.js";
import { look } from "./state.js";
import { areaSample, chip, LEVEL_NAMES, namesOf, outsideSample, sample } from "./levels.js";
import { reasonText, zoneButton } from "./panel.js";
import { levelColour, onTheme } from "./theme.js";
import { theLanes } from "./timeline.js";

const PAGE = 50;
const MOST_ON_PAPER = 1000;
let most = PAGE;
let restricted = [];

function table(head, rows) {
  return el("table", {}, el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, ...rows));
}

const cell = (...parts) => el("td", {}, ...parts);
const labelled = (label, ...parts) => el("td", { "data-label": label }, ...parts);

// A row for each sensor, a column for each level.
function levelTable(restricted, sums) {
  const levels = [...new Set(restricted.map((row) => row[1]))].sort((a, b) => b - a);
  const rows = [...new Set(restricted.map((row) => row[0]))].map((sensor) => {
    const cells = levels.map((level) => restricted.find((row) => row[0] === sensor && row[1] === level));
    return el("tr", {}, el("th", { scope: "row" }, foreign(sensor)), ...cells.map((row) => cell(row ? sums(row[2], row[3]) : "-")));
  });
  const head = el("tr", {}, el("th", { scope: "col" }, "sensor"), ...levels.map((level) => el("th", { scope: "col" }, chip(level))));
  return el("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Sums by sensor and level" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}

// Sensors of which the same was asked for as long are one row.
function tagTable(asked, sums) {
  const rows = new Map();
  for (const [sensor, tag, seconds, metres] of asked) {
    const key = JSON.stringify([tag, seconds, metres]);
    rows.set(key, { tag, seconds, metres, sensors: [...(rows.get(key)?.sensors ?? []), sensor] });
  }
  return table(["asked", "of", "sum"], [...rows.values()].map(({ tag, seconds, metres, sensors }) => el("tr", {}, el("th", { scope: "row" }, foreign(tag, 120)), cell(namesOf(sensors, data.sensors)), cell(sums(seconds, metres)))));
}

function startSummary() {
  const { summary } = data, isTimed = summary.untimed < summary.fixes;
  const figures = [
    ["fixes", summary.fixes.toLocaleString("en")], ["time", isTimed ? durationText(summary.seconds) : "not known"],
    ["distance", lengthText(summary.metres)], ["without a position", summary.unusable.toLocaleString("en")],
    ["zones met", `${summary.zones.toLocaleString("en")} of ${data.zones.length.toLocaleString("en")}`],
  ];
  if (summary.left_out) figures.push(["steps in no sum", summary.left_out.toLocaleString("en")]);
  byId("figures").append(...figures.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  const share = (metres) => (summary.metres ? `${Math.round((100 * metres) / summary.metres)} %` : "-");
  const sums = (seconds, metres) => `${isTimed ? `${durationText(seconds)} · ` : ""}${lengthText(metres)} · ${share(metres)}`;
  byId("totals").append(...(summary.restricted.length ? [levelTable(summary.restricted, sums)] : [el("p", {}, "No sensor was restricted.")]));
  if (summary.asked.length) byId("totals").append(el("h3", {}, "Asked beside levels"), tagTable(summary.asked, sums));
  if (summary.without_sensor.length) {
    byId("totals").append(el("p", {}, "Met, and naming no sensor of this vehicle: ", ...summary.without_sensor.flatMap((id, i) => [i ? ", " : "", foreign(id)])));
  }
}

function rowOf(interval) {
  const from = el("button", { type: "button", class: "link" }, momentText(interval.from, true));
  from.addEventListener("click", () => look({ step: interval.start, playing: false }));
  const zones = interval.zones.slice(0, 4).flatMap((zone) => [zoneButton(zone), " "]);
  if (interval.zones.length > 4) zones.push(`and ${interval.zones.length - 4} more`);
  const asks = interval.tags.flatMap((tag) => [el("br"), foreign(tag, 80)]);
  return el("tr", {}, labelled("from", from), labelled("until", momentText(interval.to, true)), el("th", { scope: "row", "data-label": "sensors" }, namesOf(interval.sensors.map((i) => data.sensors[i]), data.sensors)), labelled("what", chip(interval.level), ...asks), labelled("zones", ...zones), labelled("why", interval.reasons.map(reasonText).join("; ")));
}

// Sensors that are restricted alike from and until the same step are one row.
function rowsOf() {
  const rows = new Map();
  for (const { intervals } of theLanes().sensors) {
    for (const interval of intervals) {
      if (interval.isFree) continue;
      const key = `${interval.start} ${interval.end} ${interval.key}`;
      if (!rows.has(key)) rows.set(key, { ...interval, sensors: [] });
      rows.get(key).sensors.push(interval.sensor);
    }
  }
  return [...rows.values()].sort((a, b) => a.start - b.start || b.level - a.level);
}

function showIntervals() {
  const head = ["from", "until", "sensors", "what", "zones", "why"];
  const shown = table(head, restricted.slice(0, most).map(rowOf));
  byId("intervals").replaceChildren(...shown.childNodes);
  byId("more-intervals").hidden = restricted.length <= most;
  const times = data.way.is_time && data.way.began !== null ? "Times are UTC. " : "";
  byId("interval-note").textContent = `${times}${countText(restricted.length, "row", "rows")}${restricted.length > most ? `, the first ${most} shown` : ""}.`;
}

function lineSample(level, dashes, weight) {
  return sample(34, 12, (context) => {
    context.strokeStyle = levelColour(level);
    context.lineWidth = weight;
    context.lineCap = dashes[0] === 1 ? "round" : "butt";
    context.setLineDash(dashes);
    context.beginPath(); context.moveTo(2, 6); context.lineTo(32, 6); context.stroke();
  });
}

function showLegend() {
  const levels = [4, 3, 2, 1, 0].map((level) => el("li", {}, areaSample(level), lineSample(level, [], [4, 5, 5, 6, 7][level]), el("span", {}, LEVEL_NAMES[level])));
  const sure = [["certain", []], ["possible", [9, 6]], ["unknown", [1, 7]]].map(([name, dashes]) => el("li", {}, lineSample(4, dashes, 5), el("span", {}, name)));
  byId("legend-body").replaceChildren(el("ul", {}, ...levels), el("ul", {}, ...sure, ...(data.coverages.length ? [outsideSample()] : [])), el("p", { class: "faint" }, "Zones show the tightest they ask at any time; those that were not met are pale."));
}

// On paper every row stands that a reader may miss, up to a bound.
export function layTables(isPaper) {
  if (!isPaper) most = PAGE;
  else most = Math.max(most, MOST_ON_PAPER);
  showIntervals();
}

export function startTables() {
  startSummary();
  restricted = rowsOf();
  showIntervals();
  byId("more-intervals").addEventListener("click", () => { most += 10 * PAGE; showIntervals(); });
  byId("notes").append(...data.notes.map((note) => el("li", {}, foreign(note, 1000))));
  showLegend();
  onTheme(showLegend);
}

