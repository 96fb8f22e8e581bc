// The moment, the vehicle and what it is in: what is chosen, and the clock by which times are shown.
import { byId, el, plain } from "./dom.js";
import { timelineOf } from "./joining.js";
import { follow, look, state } from "./state.js";
import { data } from "./zones_data.js";

const MINUTE = 60000;
const [FIRST, END] = data.span;
const LAST = END - 1;
const DAY = 1440 * MINUTE;
const formats = new Map();
let lastKnown = FIRST;

// Parts of a moment as a clock in a time zone shows them.
function partsOf(at, timezone) {
  if (!formats.has(timezone)) {
    const options = { timeZone: timezone, hourCycle: "h23", weekday: "short", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "shortOffset" };
    formats.set(timezone, new Intl.DateTimeFormat("en-GB", options));
  }
  return Object.fromEntries(formats.get(timezone).formatToParts(at).map(({ type, value }) => [type, value]));
}

function localText(at, isWithSeconds = true) {
  const p = partsOf(at, state.timezone);
  return `${p.year.padStart(4, "0")}-${p.month}-${p.day}T${p.hour}:${p.minute}${isWithSeconds ? `:${p.second}` : ""}`;
}

// The offset of the clock where it changes within a day, so that a time which comes twice can be told; else nothing.
function offsetText(at) {
  const [before, now, after] = [at - DAY, at, at + DAY].map((each) => partsOf(each, state.timezone).timeZoneName);
  return before === now && now === after ? "" : ` ${now}`;
}

export function momentText(at) {
  if (at === null) return "time not known";
  const p = partsOf(at, state.timezone), rest = ((at % 1000) + 1000) % 1000;
  const seconds = at % MINUTE ? `:${p.second}${rest ? `.${String(rest).padStart(3, "0")}` : ""}` : "";
  return `${p.weekday} ${p.day}.${p.month}.${p.year} ${p.hour}:${p.minute}${seconds}${offsetText(at)}`;
}

// The moments at which a clock in the time zone shows a local time: two where it comes twice, none in a gap.
function momentsOf(local) {
  const wanted = Date.parse(`${local}Z`), shownAt = (at) => Date.parse(`${localText(at)}Z`);
  const near = [-1, 0, 1].map((day) => wanted - (shownAt(wanted + day * DAY) - (wanted + day * DAY)));
  return { near: near.sort((a, b) => a - b), found: [...new Set(near)].filter((at) => shownAt(at) === wanted) };
}

// Goes to a time that was typed, and says where that is not what was meant.
function lookAtTyped(local) {
  const { near, found } = momentsOf(local), at = found[0] ?? near.at(-1);
  const remarks = [found.length ? "" : "the clock leaves this time out", found.length > 1 ? "this time comes twice, the first is shown" : "", at < FIRST || at > LAST ? "outside of these days" : ""];
  look({ at });
  byId("typed-note").textContent = remarks.filter(Boolean).join(", ");
}

export const circumstances = () => ({ vehicle: state.vehicle, state: state.state, emergency: state.emergency, at: state.at });
export const edition = () => data.editions[state.edition];

// Every instant of the span at which a rule of some zones begins or ceases to hold.
export function changesOf(zones) {
  const instants = new Set();
  for (const terms of new Set(zones.map((zone) => zone.terms))) {
    for (const [since] of timelineOf(edition(), terms, { ...circumstances(), at: FIRST })) if (since > FIRST) instants.add(since);
  }
  return [...instants].sort((a, b) => a - b);
}

function step(direction) {
  const at = state.at ?? FIRST, changes = changesOf(edition().zones);
  const next = direction > 0 ? changes.find((each) => each > at) : changes.findLast((each) => each < at);
  look({ at: next ?? (direction > 0 ? LAST : FIRST) });
}

export const tidyMoment = (changes) => {
  if (changes.at === undefined || changes.at === null) return changes;
  return { ...changes, at: Math.max(FIRST, Math.min(LAST, Math.round(changes.at))) };
};

function select(id, options, chosen) {
  const box = byId(id);
  box.append(...options.map(([value, text]) => el("option", { value }, plain(text))));
  box.value = chosen;
  return box;
}

const TRUTHS = { "": null, no: false, yes: true };
const truthText = (value) => Object.keys(TRUTHS).find((text) => TRUTHS[text] === value);

function startChoices() {
  select("vehicle", data.vehicles.map(({ name }, i) => [String(i), name]), String(state.vehicle)).addEventListener("change", (event) => look({ vehicle: Number(event.target.value), sensor: null }));
  select("state", [["", "not known"], ...data.states.map((name) => [name, name])], state.state ?? "").addEventListener("change", (event) => look({ state: event.target.value || null }));
  select("emergency", [["", "not known"], ["no", "no"], ["yes", "yes"]], truthText(state.emergency)).addEventListener("change", (event) => look({ emergency: TRUTHS[event.target.value] }));
  if (data.editions.length > 1) select("edition", [["0", "as they were"], ["1", "as they become"]], String(state.edition)).addEventListener("change", (event) => look({ edition: Number(event.target.value), zone: null }));
  byId("edition").parentElement.hidden = data.editions.length < 2;
  const known = [...new Set(data.editions.flatMap((each) => each.timezones))].filter(isKnownHere);
  const timezones = ["UTC", ...known.filter((name) => name !== "UTC")];
  select("timezone", timezones.map((name) => [name, name]), state.timezone).addEventListener("change", (event) => look({ timezone: event.target.value }));
  byId("sensor").addEventListener("change", (event) => look({ sensor: event.target.value === "" ? null : Number(event.target.value) }));
  showSensors();
}

export function isKnownHere(timezone) {
  try { return Boolean(new Intl.DateTimeFormat("en", { timeZone: timezone })); } catch { return false; }
}

function showSensors() {
  const { sensors } = data.vehicles[state.vehicle];
  byId("sensor").replaceChildren();
  select("sensor", [["", "the tightest sensor"], ...sensors.map((name, i) => [String(i), name])], state.sensor === null ? "" : String(state.sensor));
}

function show() {
  const isKnown = state.at !== null, slider = byId("moment"), typed = byId("typed");
  slider.disabled = typed.disabled = !isKnown;
  byId("time-known").checked = !isKnown;
  byId("moment-text").textContent = momentText(state.at);
  byId("typed-note").textContent = "";
  if (!isKnown) return;
  lastKnown = state.at;
  slider.value = String(Math.floor((state.at - FIRST) / MINUTE));
  slider.setAttribute("aria-valuetext", momentText(state.at));
  if (document.activeElement !== typed) typed.value = localText(state.at, state.at % MINUTE > 0);
}

// What the map is of, for paper, on which nothing can be chosen.
export function shownText() {
  const parts = [`${momentText(state.at)}${state.at === null ? "" : ` ${state.timezone}`}`, `vehicle: ${plain(data.vehicles[state.vehicle].name)}`];
  parts.push(`state: ${state.state ?? "not known"}`, `emergency: ${truthText(state.emergency) || "not known"}`);
  if (state.sensor !== null) parts.push(`zones by ${plain(data.vehicles[state.vehicle].sensors[state.sensor])}`);
  if (data.editions.length > 1) parts.push(`zones as they ${state.edition ? "become" : "were"}`);
  return parts.join(" · ");
}

function showBounds() {
  byId("span").textContent = `${momentText(FIRST)} to ${momentText(END)}, ${state.timezone}`;
}

export function startMoments() {
  startChoices();
  const slider = byId("moment"), typed = byId("typed");
  slider.max = String(Math.ceil((LAST - FIRST) / MINUTE));
  slider.addEventListener("input", () => look({ at: FIRST + Number(slider.value) * MINUTE }));
  typed.addEventListener("change", () => { if (typed.value) lookAtTyped(typed.value); });
  typed.addEventListener("blur", () => { if (state.at !== null) typed.value = localText(state.at, state.at % MINUTE > 0); });
  byId("time-known").addEventListener("change", (event) => look({ at: event.target.checked ? null : lastKnown }));
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.shiftKey || event.target.closest?.("#map, input[type=search], input[type=datetime-local]")) return;
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    step(event.key === "ArrowRight" ? 1 : -1);
  });
  showBounds();
  show();
  follow((changed) => {
    if (changed.has("vehicle")) showSensors();
    if (changed.has("timezone")) showBounds();
    if (changed.has("at") || changed.has("timezone")) show();
    const chosen = { vehicle: String(state.vehicle), state: state.state ?? "", emergency: truthText(state.emergency), edition: String(state.edition), timezone: state.timezone };
    for (const [name, text] of Object.entries(chosen)) if (changed.has(name)) byId(name).value = text;
    if (changed.has("sensor")) byId("sensor").value = state.sensor === null ? "" : String(state.sensor);
  });
}
