// Levels in words, and as small samples of what stands on the map.
import { el, plain } from "./dom.js";
import { colour, levelColour, pattern } from "./theme.js";

export const LEVEL_NAMES = ["allow", "anonymize", "in_vehicle", "no_record", "off"];
const MEANINGS = [
  "allowed", "leaves the vehicle only without faces and number plates", "may be recorded, stays in the vehicle",
  "may be used live, is never stored", "must be off",
];

export function chip(level, text = LEVEL_NAMES[level]) {
  return el("span", { class: `chip level-${level < 0 ? "none" : level}` }, text);
}

export function namesOf(sensors, every) {
  return sensors.length === every.length && every.length > 1 ? "all sensors" : sensors.map((name) => plain(name)).join(", ");
}

// Each level that a sensor has, the tightest first, with the sensors that have it.
export function levelList(sensors, levels) {
  const rows = [];
  for (let level = 4; level >= 0; level -= 1) {
    const named = sensors.filter((_, i) => levels[i] === level);
    if (!named.length) continue;
    rows.push(el("dt", {}, chip(level)), el("dd", {}, namesOf(named, sensors), el("span", { class: "faint" }, ` · ${MEANINGS[level]}`)));
  }
  return el("dl", { class: "levels" }, ...rows);
}

export function sample(width, height, draw) {
  const canvas = el("canvas", { "aria-hidden": "true" }), ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio; canvas.height = height * ratio;
  canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context);
  return canvas;
}

export const outsideSample = () => el("li", {}, areaSample("outside", colour("grid-text")), el("span", {}, "outside of a coverage: everything is off"));

export function areaSample(level, stroke = levelColour(level)) {
  return sample(22, 14, (context) => {
    context.fillStyle = pattern(level); context.strokeStyle = stroke;
    context.lineWidth = 2; context.fillRect(1, 1, 20, 12); context.strokeRect(1, 1, 20, 12);
  });
}
