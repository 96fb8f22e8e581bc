// What became looser and stricter, as a list; each with its area on the map.
import { byId, countText, el, foreign } from "./dom.js";
import { answerOf, timelineOf } from "./joining.js";
import { look, state } from "./state.js";
import { data, placeIn } from "./zones_data.js";

const PAGE = 60;
let most = PAGE;

const levelsDiffer = (old, now, isLooser) => now.levels.some((level, i) => (isLooser ? level < old.levels[i] : level > old.levels[i]));

// Whether tags go, or come; a limit that became another one does both.
function tagsDiffer(old, now, isLooser) {
  const [from, to] = isLooser ? [old.tags, now.tags] : [now.tags, old.tags];
  return Object.entries(from).some(([tag, sensors]) => sensors.some((sensor) => !to[tag]?.includes(sensor)));
}

// The situations that a page knows, those of the finding and of the moment first.
function* situations({ example }) {
  const vehicles = [state.vehicle, ...data.vehicles.keys()], [first] = data.span;
  const inSpan = example && example.time !== null && example.time >= first && example.time < data.span[1];
  if (example) for (const vehicle of vehicles) yield { vehicle, state: example.state, emergency: example.emergency, at: inSpan ? example.time : state.at ?? first };
  for (const vehicle of vehicles) for (const at of [state.at, first, null]) for (const own of [null, ...data.states]) for (const emergency of [null, false, true]) yield { vehicle, state: own, emergency, at };
}

// Every instant of the days at which something begins or ends at a place, before or after the change.
function* instants(places, situation) {
  for (const [i, { zones }] of places.entries()) {
    const each = data.editions[i];
    for (const number of zones) for (const [since] of timelineOf(each, each.zones[number].terms, { ...situation, at: 0 })) yield since;
  }
}

// A situation of these days in which a finding can be seen at its place; null if there is none.
function situationOf(change) {
  const [lat, lon] = change.place, places = data.editions.map((each) => placeIn(each, lat, lon));
  const isSeen = (at) => {
    const [old, now] = data.editions.map((each, i) => answerOf(each, places[i], at));
    return levelsDiffer(old, now, change.is_looser) || tagsDiffer(old, now, change.is_looser);
  };
  for (const situation of situations(change)) {
    if (isSeen(situation)) return situation;
    for (const at of situation.at === null ? [] : instants(places, situation)) if (isSeen({ ...situation, at })) return { ...situation, at };
  }
  return null;
}

// What the page looks at to show a finding, and what is to be said of that.
function lookOf(change) {
  if (!change.place) return [{ place: null }, "No place is known at which it is so."];
  const [lat, lon] = change.place, place = { lat, lon, lng: lon }, situation = situationOf(change);
  if (situation) return [{ place, ...situation }, ""];
  return [{ place, state: null, emergency: null }, "Not to be seen at its place in these days with these vehicles: other days, or other attributes."];
}

function itemOf(change) {
  const name = change.is_looser ? "looser" : "stricter", button = el("button", { type: "button" }, "Show");
  button.setAttribute("aria-label", `Show on the map: ${change.text}`.slice(0, 300));
  const remark = el("span", { class: "faint", role: "status" });
  button.addEventListener("click", () => {
    const [changes, text] = lookOf(change);
    look({ fit: { bounds: change.own }, ...changes });
    remark.textContent = text;
  });
  return el("li", {}, el("span", { class: `chip ${name}` }, change.is_looser ? "LOOSER" : "stricter"), " ", foreign(change.zone, 80), ": ", foreign(change.text, 1000), " ", change.is_proven ? null : el("span", { class: "faint" }, "(not proven) "), button, " ", remark);
}

function show() {
  const { findings, header, zones } = data.changes, looser = findings.filter((each) => each.is_looser).length;
  const ordered = findings.toSorted((a, b) => b.is_looser - a.is_looser);
  const heads = header.map(([text, isLooser]) => el("li", {}, el("span", { class: `chip ${isLooser ? "looser" : "stricter"}` }, isLooser ? "LOOSER" : "stricter"), " header: ", foreign(text, 1000)));
  const plainly = zones.filter(([id]) => !findings.some((each) => each.zone === id));
  const others = plainly.map(([id, change, newId]) => el("li", { class: "faint" }, foreign(id, 80), `: ${change}`, newId === null ? "" : " to ", newId === null ? "" : foreign(newId, 80), ", neither looser nor stricter"));
  byId("change-list").replaceChildren(...heads, ...ordered.slice(0, most).map(itemOf), ...others.slice(0, PAGE));
  byId("change-note").textContent = `${countText(looser, "finding is", "findings are")} looser, ${(findings.length - looser).toLocaleString("en")} stricter. Areas on the map are those of every moment and vehicle; the decision at a place is that of the moment.`;
  byId("more-changes").hidden = findings.length <= most;
}

export function startChanges() {
  byId("changes").hidden = !data.changes;
  if (!data.changes) return;
  byId("more-changes").addEventListener("click", () => { most += 10 * PAGE; show(); });
  show();
}
