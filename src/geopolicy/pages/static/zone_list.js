// The zones, with search and filters.
import { byId, countText, el, foreign } from "./dom.js";
import { chip, LEVEL_NAMES } from "./levels.js";
import { follow, look, state } from "./state.js";

const PAGE = 100;
let most = PAGE;
let found = [], texts = [], order = [];
let shown;

// `about` says of zones: `zones()`, `levelOf`, `nothing` (a word), `before(a, b)`, `isNarrow(zone)` for the box that narrows, `noteOf(zone)`.
export function startZoneList(about, isNarrowed) {
  shown = about;
  byId("narrow").checked = isNarrowed;
  byId("narrow").addEventListener("change", search);
  byId("search").addEventListener("input", search);
  byId("more-zones").addEventListener("click", () => { most += PAGE; show(); });
  follow((changed) => {
    if (!changed.has("zone")) return;
    show();
    const chosen = byId("zone-list").querySelector(".chosen");
    if (chosen) byId("zone-list").scrollTop = chosen.offsetTop - byId("zone-list").offsetTop - 20;
  });
  takeZones();
}

// After another set of zones came, or their levels changed.
export function takeZones() {
  const zones = shown.zones();
  texts = zones.map((zone) => [zone.name ?? "", zone.id, ...zone.rules].join("\n").slice(0, 20000).toLowerCase());
  order = [...zones].sort(shown.before);
  const boxes = byId("level-filter"), off = new Set([...boxes.querySelectorAll("input:not(:checked)")].map((box) => Number(box.value)));
  const levels = [...new Set(zones.map(shown.levelOf))].sort((a, b) => b - a);
  for (const label of boxes.querySelectorAll("label")) label.remove();
  for (const level of levels) {
    const box = el("input", { type: "checkbox", value: String(level), checked: !off.has(level) });
    box.addEventListener("change", search);
    boxes.append(el("label", {}, box, " ", level < 0 ? shown.nothing : level ? LEVEL_NAMES[level] : "tags, limits"));
  }
  search();
}

function chosenLevels() {
  return new Set([...byId("level-filter").querySelectorAll("input:checked")].map((box) => Number(box.value)));
}

function search() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean), levels = chosenLevels(), isNarrowed = byId("narrow").checked;
  found = order.filter((zone) => levels.has(shown.levelOf(zone)) && (!isNarrowed || shown.isNarrow(zone)) && words.every((word) => texts[zone.number].includes(word)));
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
  const isChosen = state.zone === zone.number, level = shown.levelOf(zone);
  const button = el("button", { type: "button", class: "zone", "aria-expanded": String(isChosen) }, chip(level, level < 0 ? shown.nothing : level ? LEVEL_NAMES[level] : "tags"), " ", foreign(zone.title, 60),
    el("span", { class: "faint" }, shown.noteOf(zone)));
  button.addEventListener("click", () => look({ zone: state.zone === zone.number ? null : zone.number }));
  return el("li", { class: isChosen ? "chosen" : "" }, button, isChosen ? detailOf(zone) : null);
}

function show() {
  const zones = shown.zones(), items = found.slice(0, most), list = byId("zone-list");
  if (state.zone !== null && !items.some((zone) => zone.number === state.zone)) items.unshift(zones[state.zone]);
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...items.map(itemOf));
  if (hadFocus) list.querySelector(".chosen button")?.focus();
  byId("zone-count").textContent = `${found.length.toLocaleString("en")} of ${countText(zones.length, "zone", "zones")}`;
  byId("more-zones").hidden = found.length <= most;
}
