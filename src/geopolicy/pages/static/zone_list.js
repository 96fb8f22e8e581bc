// The zones, with search and filters.
import { byId, countText, el, foreign } from "./dom.js";
import { data } from "./data.js";
import { follow, look, state } from "./state.js";
import { chip } from "./panel.js";
import { LEVEL_NAMES } from "./theme.js";

const PAGE = 100;
const MANY = 50;
const CHIPS = { "-1": "none here", 0: "tags" };
let most = PAGE;
let found = [];
const texts = data.zones.map((zone) => [zone.name ?? "", zone.id, ...zone.rules].join("\n").slice(0, 20000).toLowerCase());
const order = [...data.zones].sort((a, b) => b.steps - a.steps || b.level - a.level || (a.id < b.id ? -1 : 1));

function chosenLevels() {
  return new Set([...byId("level-filter").querySelectorAll("input")].filter((box) => box.checked).map((box) => Number(box.value)));
}

function search() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean), levels = chosenLevels(), isMet = byId("met").checked;
  found = order.filter((zone) => levels.has(zone.level) && (!isMet || zone.steps) && words.every((word) => texts[zone.number].includes(word)));
  most = PAGE;
  show();
}

function detailOf(zone) {
  const fit = el("button", { type: "button" }, "Show on the map");
  fit.addEventListener("click", () => look({ fit: { zone: zone.number } }));
  return el("div", { class: "zone-detail" },
    el("p", {}, el("span", { class: "faint" }, "id "), foreign(zone.id, 200)),
    zone.name ? el("p", { class: "long" }, foreign(zone.name, 10000)) : null,
    el("ul", {}, ...zone.rules.map((rule) => el("li", {}, foreign(rule, 2000)))),
    ...zone.notes.map((note) => el("p", { class: "faint long" }, foreign(note, 2000))),
    zone.drawn ? el("p", { class: "faint" }, "Dashed on the map: as it was drawn; whole: what it covers.") : null,
    fit);
}

function itemOf(zone) {
  const isChosen = state.zone === zone.number;
  const button = el("button", { type: "button", class: "zone", "aria-expanded": String(isChosen) }, chip(zone.level, CHIPS[zone.level]), " ", foreign(zone.title, 60),
    el("span", { class: "faint" }, zone.steps ? ` met at ${countText(zone.steps, "step", "steps")}` : ""));
  button.addEventListener("click", () => look({ zone: state.zone === zone.number ? null : zone.number }));
  return el("li", { class: isChosen ? "chosen" : "" }, button, isChosen ? detailOf(zone) : null);
}

function show() {
  const shown = found.slice(0, most), list = byId("zone-list");
  if (state.zone !== null && !shown.some((zone) => zone.number === state.zone)) shown.unshift(data.zones[state.zone]);
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...shown.map(itemOf));
  if (hadFocus) list.querySelector(".chosen button")?.focus();
  byId("zone-count").textContent = `${found.length.toLocaleString("en")} of ${data.zones.length.toLocaleString("en")}`;
  byId("more-zones").hidden = found.length <= most;
}

export function startZoneList() {
  const levels = [...new Set(data.zones.map((zone) => zone.level))].sort((a, b) => b - a);
  for (const level of levels) {
    const box = el("input", { type: "checkbox", value: String(level), checked: true });
    box.addEventListener("change", search);
    byId("level-filter").append(el("label", {}, box, " ", level < 0 ? "none here" : level ? LEVEL_NAMES[level] : "tags, limits"));
  }
  byId("met").checked = data.zones.length > MANY && data.zones.some((zone) => zone.steps);
  byId("met").addEventListener("change", search);
  byId("search").addEventListener("input", search);
  byId("more-zones").addEventListener("click", () => { most += PAGE; show(); });
  follow((changed) => {
    if (!changed.has("zone")) return;
    show();
    const chosen = byId("zone-list").querySelector(".chosen");
    if (chosen) byId("zone-list").scrollTop = chosen.offsetTop - byId("zone-list").offsetTop - 20;
  });
  search();
}
