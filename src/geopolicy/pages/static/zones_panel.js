// The decision at the place that was clicked, explained; and what holds there during the days.
import { byId, countText, el, foreign } from "./dom.js";
import { answerOf, causeText } from "./joining.js";
import { chip, LEVEL_NAMES, levelList, namesOf } from "./levels.js";
import { changesOf, circumstances, edition, momentText } from "./moments.js";
import { follow, look, state } from "./state.js";
import { data, placeIn } from "./zones_data.js";
import { nothingHere } from "./zones_map.js";

const MOST_ROWS = 60;
const CERTAIN = {
  certain: "this place is taken as an exact point",
  unknown: "what holds here is not known, so everything is off",
};
const reasonText = (name) => data.reasons.find(([each]) => each === name)[1] || name.replaceAll("_", " ");

const degreesOf = (text) => (/^[-+]?\d+(\.\d+)?(e-\d+)?$/.test(text.trim()) ? Number(text) : NaN);

function placeForm() {
  const [lat, lon] = state.place ? [state.place.lat, state.place.lon] : ["", ""];
  const field = (name, value, most) => el("input", { type: "text", inputmode: "decimal", "aria-label": name, placeholder: most, value: String(value), size: 12, class: "coordinate" });
  const inputs = [field("Latitude", lat, "latitude"), field("Longitude", lon, "longitude")];
  const alert = el("p", { role: "alert" });
  const form = el("form", { class: "place" }, ...inputs, el("button", { type: "submit" }, "Look there"), alert);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [y, x] = inputs.map((input) => degreesOf(input.value));
    const isPlace = Math.abs(y) <= 90 && Math.abs(x) <= 180;
    if (isPlace) look({ place: { lat: y, lon: x, lng: x } });
    else alert.textContent = "Latitude -90 to 90 and longitude -180 to 180, in degrees with a point, such as 45.27.";
  });
  return form;
}

function causeItem(cause) {
  const zone = edition().zones[cause.zone];
  const button = el("button", { type: "button", class: "link" }, "show");
  button.addEventListener("click", () => look({ zone: zone.number, fit: { zone: zone.number } }));
  return el("li", { class: cause.isInForce ? "" : "faint" }, foreign(causeText(edition(), state.vehicle, cause), 400), " ", button);
}

// The command that says the same, for whoever wants to see it there.
function commandText() {
  const { command } = data.vehicles[state.vehicle], { lat, lon } = state.place;
  if (!command || state.edition < data.editions.length - 1) return null; // it reads the zones as they become
  const time = state.at === null ? "unknown" : new Date(state.at).toISOString().replace(/(:00)?\.000Z$/, "Z");
  const options = [state.state && `--state ${state.state}`, state.emergency !== null && `--emergency ${state.emergency ? "yes" : "no"}`];
  return [command, `${lat},${lon}`, `--time ${time}`, ...options.filter(Boolean)].join(" ");
}

function show() {
  const box = byId("now");
  byId("days-box").hidden = !state.place;
  if (!state.place) { box.replaceChildren(nothingHere(), placeForm()); return; }
  const { lat, lon } = state.place, place = placeIn(edition(), lat, lon), answer = answerOf(edition(), place, circumstances());
  const { sensors } = data.vehicles[state.vehicle];
  const tags = Object.entries(answer.tags).map(([tag, named]) => el("li", {}, foreign(tag, 120), ": ", namesOf(named.map((i) => sensors[i]), sensors)));
  const inForce = answer.causes.filter((cause) => cause.isInForce), others = answer.causes.filter((cause) => !cause.isInForce);
  const command = commandText();
  box.replaceChildren(...[
    el("p", { class: "moment" }, el("strong", {}, momentText(state.at)), state.at === null ? "" : ` ${state.timezone}`),
    el("p", {}, el("span", { class: `sure ${answer.certainty}` }, answer.certainty), ` · ${CERTAIN[answer.certainty]}`),
    levelList(sensors, answer.levels),
    answer.reasons.length ? el("p", {}, "Because: ", answer.reasons.map(reasonText).join("; ")) : null,
    tags.length ? el("ul", { class: "tags" }, ...tags) : null,
    inForce.length ? el("ul", { class: "causes" }, ...inForce.map(causeItem)) : el("p", { class: "faint" }, "No rule is in force here."),
    others.length ? el("details", {}, el("summary", {}, `${countText(others.length, "rule does", "rules do")} not ask now`), el("ul", { class: "causes" }, ...others.map(causeItem))) : null,
    compared(place),
    placeForm(),
    command ? el("p", { class: "command" }, el("code", { tabIndex: 0 }, command)) : null,
  ].filter((part) => part !== null));
  showDays(place);
}

// What of a tag is asked of which sensors by one edition and not by the other.
function tagItems(tags, others, word, name) {
  const { sensors } = data.vehicles[state.vehicle], items = [];
  for (const [tag, named] of Object.entries(tags)) {
    const only = named.filter((sensor) => !others[tag]?.includes(sensor)).map((sensor) => sensors[sensor]);
    if (only.length) items.push(el("li", { class: name }, `${word}: `, foreign(tag, 120), ` for ${namesOf(only, sensors)}`));
  }
  return items;
}

// Before and after a change: by each edition the same place and moment.
function compared() {
  if (data.editions.length < 2) return null;
  const { lat, lon } = state.place, [before, after] = data.editions.map((each) => answerOf(each, placeIn(each, lat, lon), circumstances()));
  const { sensors } = data.vehicles[state.vehicle], rows = new Map();
  sensors.forEach((name, i) => {
    const key = `${before.levels[i]} ${after.levels[i]}`;
    if (before.levels[i] !== after.levels[i]) rows.set(key, [...(rows.get(key) ?? []), name]);
  });
  const items = [...rows].map(([key, names]) => {
    const [was, becomes] = key.split(" ").map(Number);
    return el("li", { class: becomes < was ? "looser" : "stricter" }, `${becomes < was ? "LOOSER" : "stricter"}: ${LEVEL_NAMES[was]} becomes ${LEVEL_NAMES[becomes]} for ${namesOf(names, sensors)}`);
  });
  items.push(...tagItems(before.tags, after.tags, "no longer asked", "looser"), ...tagItems(after.tags, before.tags, "newly asked", "stricter"));
  return items.length ? el("ul", { class: "tags compared" }, ...items) : el("p", { class: "faint" }, "The change asks the same as before here, at this moment.");
}

// From when until when the same is asked at the place.
export function intervalsAt(place) {
  const changes = changesOf(place.zones.map((number) => edition().zones[number])), intervals = [];
  [data.span[0], ...changes].forEach((from, i) => {
    const answer = answerOf(edition(), place, { ...circumstances(), at: from }), key = JSON.stringify([answer.levels, answer.tags]);
    const to = changes[i] ?? data.span[1], last = intervals.at(-1);
    if (last?.key === key) last.to = to;
    else intervals.push({ from, to, key, answer });
  });
  return intervals;
}

function rowOf({ from, to, answer }) {
  const { sensors } = data.vehicles[state.vehicle], button = el("button", { type: "button", class: "link" }, momentText(from));
  button.addEventListener("click", () => look({ at: from }));
  const levels = [...new Set(answer.levels)].sort((a, b) => b - a);
  const what = levels.map((level) => el("div", {}, chip(level), " ", namesOf(sensors.filter((_, i) => answer.levels[i] === level), sensors)));
  return el("tr", {}, el("td", { "data-label": "from" }, button), el("td", { "data-label": "until" }, momentText(to)), el("td", { "data-label": "what" }, ...what, ...Object.keys(answer.tags).map((tag) => el("div", {}, foreign(tag, 120)))));
}

function showDays(place) {
  const rows = intervalsAt(place), head = ["from", "until", "what"].map((text) => el("th", { scope: "col" }, text));
  byId("days").replaceChildren(el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows.slice(0, MOST_ROWS).map(rowOf)));
  const more = rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} shown` : "";
  byId("days-note").textContent = `Times are those of ${state.timezone}. ${countText(rows.length, "row", "rows")}${more}.`;
}

export function startPanel() {
  follow((changed) => { if (["place", "at", "vehicle", "state", "emergency", "edition", "timezone"].some((name) => changed.has(name))) show(); });
  show();
}
