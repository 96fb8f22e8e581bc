// What Python wrote into the page, unpacked. Nothing is decided here: answers are looked up by the number of the step.
import { byId, plain } from "./dom.js";
import { lastAtMost, onTurn, shapeOf, sums, UNITS, zoneOf } from "./shapes.js";

const stored = JSON.parse(byId("data").textContent);
const way = stored.way;

export const data = {
  ...stored,
  runStarts: Int32Array.from(stored.runs, (run) => run[0]),
  runAnswers: Int32Array.from(stored.runs, (run) => run[1]),
  kept: Int32Array.from(sums(way.steps, 1)),
  lat: sums(way.lat, UNITS),
  lon: sums(way.lon, UNITS),
  seconds: sums(way.seconds, 1000),
  zones: stored.zones.map((zone, number) => zoneOf(zone, number, plain(zone.name || zone.id), stored.middle_lon)),
  coverages: stored.coverages.map((coverage) => onTurn(shapeOf(coverage), stored.middle_lon)),
};
export const count = way.count;
export const lastSecond = data.seconds.length ? data.seconds[data.seconds.length - 1] : 0;

export const runAt = (step) => lastAtMost(data.runStarts, step);
export const answerAt = (step) => data.answers[data.runAnswers[runAt(step)]];

// Between two kept steps place and time go on evenly with the number of the step.
function between(values, step) {
  const i = lastAtMost(data.kept, step);
  if (i >= data.kept.length - 1) return values[i];
  const part = (step - data.kept[i]) / (data.kept[i + 1] - data.kept[i]);
  return values[i] + part * (values[i + 1] - values[i]);
}

export const placeAt = (step) => [between(data.lat, step), between(data.lon, step)];
export const secondsAt = (step) => between(data.seconds, step);

export function stepAtSeconds(seconds) {
  const i = lastAtMost(data.seconds, seconds);
  if (i >= data.kept.length - 1) return count - 1;
  const length = data.seconds[i + 1] - data.seconds[i];
  const part = length ? Math.max(0, (seconds - data.seconds[i]) / length) : 0;
  return data.kept[i] + Math.floor(part * (data.kept[i + 1] - data.kept[i]) + 1e-6);
}

export const isLost = (step) => way.lost.some(([start, end]) => start <= step && step < end);

// The number of the fix, from 1, and whether the step is one.
export function fixAt(step) {
  const before = way.no_fix.length ? lastAtMost(way.no_fix, step) : 0;
  const others = way.no_fix.length && way.no_fix[before] <= step ? before + 1 : 0;
  const isFix = !(others && way.no_fix[before] === step);
  return { number: step + 1 - others, isFix };
}

export function momentText(seconds, isShort = false) {
  if (!way.is_time) return `fix ${Math.floor(seconds + 1e-6) + 1}`;
  if (way.began === null) return `${seconds.toFixed(1)} s`;
  const text = new Date(way.began + seconds * 1000).toISOString();
  return isShort ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

export const CERTAINTIES = ["certain", "possible", "unknown"];

// What an answer asks of one sensor: level, tags, and the zones whose rules in force name it.
const asked = new Map();
export function askedOf(number, sensor) {
  const key = number * data.sensors.length + sensor;
  if (!asked.has(key)) {
    const answer = data.answers[number];
    const tags = Object.keys(answer.tags).filter((tag) => answer.tags[tag].includes(sensor));
    const causes = answer.causes.filter((cause) => cause[3] && cause[2].includes(sensor));
    const zones = [...new Set(causes.map((cause) => cause[0]))];
    const level = answer.levels[sensor], isFree = level === 0 && !tags.length, reasons = isFree ? [] : answer.reasons;
    const same = isFree ? "" : JSON.stringify([level, tags, zones, reasons]);
    asked.set(key, { level, tags, zones, isFree, reasons, key: same });
  }
  return asked.get(key);
}

export const tightest = (answer) => Math.max(...answer.levels);
export const levelOf = (number, sensor) =>
  sensor === null ? tightest(data.answers[number]) : data.answers[number].levels[sensor];

// The intervals of a sensor: runs one after another in which the same is asked of it, for the same reason.
export function intervalsOf(sensor) {
  const intervals = [];
  let last = null;
  data.runs.forEach(([start, number], i) => {
    const what = askedOf(number, sensor);
    const end = i + 1 < data.runs.length ? data.runs[i + 1][0] : count - 1;
    if (last && last.key === what.key) last.end = end;
    else intervals.push(last = { ...what, start, end, sensor });
  });
  return intervals;
}
