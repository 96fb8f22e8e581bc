// Starts the page.
import { byId, countText, lengthText, plain } from "./dom.js";
import { answerAt, askedOf, count, data, fixAt, lastSecond, momentText, placeAt, runAt, secondsAt } from "./data.js";
import { look, state } from "./state.js";
import { paper, startTheme } from "./theme.js";
import { layForPaper, showZone, startMap, theMap, theMarker, wayClasses, wayLevelAt } from "./map.js";
import { drawnLabels, zonesAt } from "./map_labels.js";
import { drawTimeline, startTimeline, theLanes } from "./timeline.js";
import { startPanel } from "./panel.js";
import { startZoneList } from "./zone_list.js";
import { startTables } from "./tables.js";
import { follow } from "./state.js";

function startHead() {
  byId("title").textContent = plain(data.title, 120);
  const { summary } = data, times = data.way.is_time && data.way.began !== null ? `${momentText(0)} to ${momentText(lastSecond)} · ` : "";
  byId("subtitle").textContent = `${times}${countText(summary.fixes, "fix", "fixes")} · ${lengthText(summary.metres)} · ${countText(data.zones.length, "zone", "zones")} · ${data.is_raw ? "each fix judged alone" : "judged by a monitor"}`;
  byId("tile-note").textContent = data.tiles ? `The map asks ${data.tile_host} for pictures: whoever runs it sees where the route is.` : "It asks nobody for anything: no map server learns the route.";
  const off = data.zones_off_deg ? `, outlines of zones by up to ${data.zones_off_deg} degrees` : "";
  byId("within").textContent = count ? ` (within ${data.way.within} m${off})` : "";
}

function listenToPrinter() {
  const lay = (isPaper) => { if (isPaper) byId("legend").open = true; paper(isPaper); layForPaper(isPaper); drawTimeline(); };
  window.addEventListener("beforeprint", () => lay(true));
  window.addEventListener("afterprint", () => lay(false));
  byId("print").addEventListener("click", () => window.print());
}

startHead();
startTheme();
if (matchMedia("(max-width: 52rem)").matches) byId("legend").open = false;
startPanel();
startMap();
startTimeline();
startZoneList();
startTables();
listenToPrinter();
follow((changed) => { if (changed.has("fit") && state.fit) showZone(state.fit.zone); });
document.documentElement.dataset.ready = "yes";

// For tests, and for who is curious: what the page shows at a step.
window.geopolicy = {
  count, data, state, look, theMap, wayClasses, wayLevelAt, zonesAt: ({ lat, lng }) => zonesAt(lat, lng), marker: theMarker, lanes: theLanes, labels: () => drawnLabels,
  at: (step) => ({ answer: answerAt(step), run: runAt(step), fix: fixAt(step), place: placeAt(step), seconds: secondsAt(step) }),
  asked: (step, sensor) => askedOf(data.runAnswers[runAt(step)], sensor),
};
