// What became looser and stricter, as a list; each with its area on the map.
import { byId, countText, el, foreign } from "./dom.js";
import { look } from "./state.js";
import { data } from "./zones_data.js";

const PAGE = 60;
let most = PAGE;

function situationOf({ place, example }) {
  if (!place) return {};
  const at = example && example.time !== null && example.time >= data.span[0] && example.time < data.span[1] ? { at: example.time } : {};
  const others = example ? { state: example.state, emergency: example.emergency } : {};
  return { place: { lat: place[0], lon: place[1], lng: place[1] }, ...others, ...at };
}

function itemOf(change) {
  const name = change.is_looser ? "looser" : "stricter", button = el("button", { type: "button" }, "Show");
  button.setAttribute("aria-label", `Show on the map: ${change.text}`.slice(0, 300));
  button.addEventListener("click", () => look({ fit: { bounds: change.bounds }, ...situationOf(change) }));
  return el("li", {}, el("span", { class: `chip ${name}` }, change.is_looser ? "LOOSER" : "stricter"), " ", foreign(change.zone, 80), ": ", foreign(change.text, 1000), " ", change.is_proven ? null : el("span", { class: "faint" }, "(not proven) "), button);
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
