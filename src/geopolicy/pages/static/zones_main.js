// Starts the page of zones.
import { byId, countText, plain } from "./dom.js";
import { answerAt, causeText, levelOfZone } from "./joining.js";
import { drawnLabels } from "./labels.js";
import { areaSample, LEVEL_NAMES, outsideSample } from "./levels.js";
import { layForPaper, theMap } from "./map.js";
import { circumstances, edition, isKnownHere, shownText, startMoments, tidyMoment } from "./moments.js";
import { begin, follow, look, state } from "./state.js";
import { onTheme, paper, startTheme } from "./theme.js";
import { data, placeIn } from "./zones_data.js";
import { startZonesMap, levelNow, theMarker } from "./zones_map.js";
import { intervalsAt, startPanel } from "./zones_panel.js";
import { startChanges } from "./changes.js";
import { startZoneList, takeZones } from "./zone_list.js";
import { el } from "./dom.js";

const MANY_ZONES = 50;

function startHead() {
  byId("title").textContent = plain(data.title, 120);
  const parts = [countText(edition().zones.length, "zone", "zones"), countText(data.vehicles.length, "vehicle", "vehicles")];
  byId("subtitle").textContent = `${parts.join(" · ")} · ${data.tiles ? `the map asks ${data.tile_host} for pictures` : "the page asks nobody for anything"}`;
  const off = edition().zones_off_deg ? ` Outlines are off by up to ${edition().zones_off_deg} degrees, for display only.` : "";
  byId("made").textContent = `Made by geopolicy. Which rules hold when was written by it; zones at a place are found exactly.${off} Keys: Shift with arrows goes to the next change, / searches, Escape lets go of a zone.`;
}

function showLegend() {
  const item = (level, text) => el("li", {}, areaSample(level), el("span", {}, text));
  const changed = data.changes ? ["looser", "stricter"].map((name) => el("li", {}, el("span", { class: `chip ${name}` }, name), el("span", {}, "by the change"))) : [];
  if (data.changes) changed.push(el("li", {}, el("span", {}, "dashed: the other edition")));
  byId("legend-body").replaceChildren(el("ul", {}, ...[4, 3, 2, 1].map((level) => item(level, LEVEL_NAMES[level])), item(0, "tags or limits"), item(-1, "nothing now"), ...(edition().coverages.length ? [outsideSample()] : []), ...changed), el("p", { class: "faint" }, "Zones show what they ask at the moment, grown by their margins; choose one to see it as it was drawn."));
}

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") look({ zone: null });
    if (event.key !== "/" || event.target.matches?.("input, select, textarea")) return;
    event.preventDefault();
    byId("search").focus();
  });
}

function listenToPrinter() {
  const lay = (isPaper) => { if (isPaper) byId("legend").open = true; byId("shown").textContent = shownText(); paper(isPaper); layForPaper(isPaper); };
  window.addEventListener("beforeprint", () => lay(true));
  window.addEventListener("afterprint", () => lay(false));
  byId("print").addEventListener("click", () => window.print());
}

const [firstState, firstEmergency] = data.shown, timezones = data.editions.at(-1).timezones.filter(isKnownHere);
begin({
  at: data.span[0], vehicle: 0, state: firstState, emergency: firstEmergency, sensor: null, place: null,
  edition: data.editions.length - 1, timezone: timezones.length === 1 ? timezones[0] : "UTC",
}, tidyMoment);
startHead();
startTheme();
if (matchMedia("(max-width: 52rem)").matches) byId("legend").open = false;
startMoments();
startPanel();
startZonesMap();
startZoneList({
  zones: () => edition().zones,
  levelOf: levelNow,
  nothing: "nothing",
  before: (a, b) => levelNow(b) - levelNow(a) || a.rank - b.rank,
  isNarrow: (zone) => levelNow(zone) >= 0,
  noteOf: (zone) => (levelNow(zone) < 0 && zone.level >= 0 ? " at this moment" : levelNow(zone) < 0 ? " names no sensor of this vehicle" : ""),
}, edition().zones.length > MANY_ZONES);
startChanges();
showLegend();
onTheme(showLegend);
listenToKeys();
listenToPrinter();
follow((changed) => {
  if (["edition", "vehicle", "state", "emergency", "at", "sensor"].some((name) => changed.has(name))) takeZones();
  if (changed.has("edition")) { startHead(); showLegend(); }
});
document.documentElement.dataset.ready = "yes";

// For tests, and for who is curious: what the page shows at a place.
window.geopolicy = {
  data, state, look, theMap, marker: theMarker, labels: () => drawnLabels, edition, levelNow,
  find: (lat, lon) => { const { zones, unknown } = placeIn(edition(), lat, lon); return { zones: zones.map((number) => edition().zones[number].id), unknown: [...unknown] }; },
  decide: (lat, lon, other = {}) => {
    const at = { ...circumstances(), ...other }, answer = answerAt(edition(), lat, lon, at);
    return { ...answer, zones: answer.zones.map((number) => edition().zones[number].id), causes: answer.causes.map((cause) => causeText(edition(), at.vehicle, cause)) };
  },
  levelOf: (id, other = {}) => levelOfZone(edition(), edition().zones.find((zone) => zone.id === id), { ...circumstances(), ...other }, null),
  intervals: (lat, lon) => intervalsAt(placeIn(edition(), lat, lon)).map(({ from, to, answer }) => ({ from, to, levels: answer.levels })),
};
