// Starts the page.
import { byId, countText, lengthText, plain } from "./dom.js";
import { answerAt, askedOf, count, data, fixAt, lastSecond, momentText, placeAt, runAt, secondsAt } from "./data.js";
import { drawnLabels } from "./labels.js";
import { layForPaper, theMap } from "./map.js";
import { zonesUnder } from "./shapes.js";
import { begin, look, state } from "./state.js";
import { paper, startTheme } from "./theme.js";
import { hasFarPlaces, startDriveMap, theMarker, wayClasses, wayLevelAt } from "./drive_map.js";
import { drawTimeline, startTimeline, theLanes } from "./timeline.js";
import { startPanel } from "./panel.js";
import { startZoneList } from "./zone_list.js";
import { layTables, startTables } from "./tables.js";

const MANY_ZONES = 50;

function startHead() {
  byId("title").textContent = plain(data.title, 120);
  const { summary } = data, times = data.way.is_time && data.way.began !== null ? `${momentText(0)} to ${momentText(lastSecond)} · ` : "";
  byId("subtitle").textContent = `${times}${countText(summary.fixes, "fix", "fixes")} · ${lengthText(summary.metres)} · ${countText(data.zones.length, "zone", "zones")} · ${data.is_raw ? "each fix judged alone" : "judged by a monitor"}`;
  byId("tile-note").textContent = data.tiles ? `The map asks ${data.tile_host} for pictures: whoever runs it sees where the route is.` : "It asks nobody for anything: no map server learns the route.";
  const off = data.zones_off_deg ? `, outlines of zones by up to ${data.zones_off_deg} degrees` : "";
  const within = count ? ` (within ${data.way.within} m${off})` : "";
  byId("made").textContent = `Made by geopolicy. Every fix was decided; the way is simplified for display only${within}. Keys: arrows step, with Shift to the next change, Space plays, / searches, Escape lets go of a zone.`;
}

function listenToPrinter() {
  const lay = (isPaper) => { if (isPaper) byId("legend").open = true; paper(isPaper); layForPaper(isPaper); drawTimeline(); layTables(isPaper); };
  window.addEventListener("beforeprint", () => lay(true));
  window.addEventListener("afterprint", () => lay(false));
  byId("print").addEventListener("click", () => window.print());
}

begin({ step: 0, hover: null, sensor: null, playing: false }, ({ step, ...others }) => (
  step === undefined ? others : { ...others, step: Math.max(0, Math.min(count - 1, Math.round(step))) }
));
startHead();
startTheme();
if (matchMedia("(max-width: 52rem)").matches) byId("legend").open = false;
startPanel();
startDriveMap();
if (hasFarPlaces()) byId("subtitle").textContent += " · places far from the others are outside of the first view";
startTimeline();
startZoneList({
  zones: () => data.zones,
  levelOf: (zone) => zone.level,
  nothing: "none here",
  before: (a, b) => b.steps - a.steps || b.level - a.level || (a.id < b.id ? -1 : 1),
  isNarrow: (zone) => zone.steps > 0,
  noteOf: (zone) => (zone.steps ? ` met at ${countText(zone.steps, "step", "steps")}` : ""),
}, data.zones.length > MANY_ZONES && data.zones.some((zone) => zone.steps));
startTables();
listenToPrinter();
document.documentElement.dataset.ready = "yes";

// For tests, and for who is curious: what the page shows at a step.
window.geopolicy = {
  count, data, state, look, theMap, wayClasses, wayLevelAt, zonesAt: ({ lat, lng }) => zonesUnder(data.zones, lat, lng), marker: theMarker, lanes: theLanes, labels: () => drawnLabels,
  at: (step) => ({ answer: answerAt(step), run: runAt(step), fix: fixAt(step), place: placeAt(step), seconds: secondsAt(step) }),
  asked: (step, sensor) => askedOf(data.runAnswers[runAt(step)], sensor),
};
