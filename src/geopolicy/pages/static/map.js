// A map of zones: ground, zones, names, the zone that is chosen; pointer and paper. A page lays its own things over it.
import { byId, countText, el, foreign } from "./dom.js";
import { drawGround, L, Sheet } from "./ground.js";
import { drawLabels } from "./labels.js";
import { byArea, zonesUnder } from "./shapes.js";
import { state } from "./state.js";
import { colour, onTheme, pattern } from "./theme.js";

const MOST_SHOWN = 6;

let map, zoneRenderer, overRenderer, labels, chosenLayer, fitAll, shown;
let zoneLayers = [], coverageLayers = [];
let screenView = null;

// `look` says of zones: `zones()` and `coverages()`, about which longitude they lie: `middle()`; `styleOf`, `levelOf`, `captionOf`; `drawFirst` as for labels.
// `points()` gives what the first view holds.
export function startMap(look, points, tiles) {
  shown = look;
  map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, zoomDelta: 1, worldCopyJump: false, attributionControl: false, maxZoom: 21 });
  for (const [name, order] of [["ground", 150], ["over", 450], ["labels", 460], ["moment", 640]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = order;
    pane.style.pointerEvents = "none";
  }
  zoneRenderer = L.canvas({ padding: 0.3 });
  overRenderer = L.canvas({ padding: 0.3, pane: "over" });
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  keepToOneTurn(shown.middle());
  map.on("resize", () => keepToOneTurn(shown.middle()));
  fitAll = (isAnimated) => {
    const every = points();
    if (!every.length) map.setView([20, 0], 2);
    else map.fitBounds(L.latLngBounds(every), { padding: [36, 36], maxZoom: 17, animate: isAnimated });
  };
  fitAll(false);
  if (tiles) L.tileLayer(tiles, { maxZoom: 21, maxNativeZoom: 19, referrerPolicy: "no-referrer" }).addTo(map);
  const ground = new Sheet("ground", tiles ? () => {} : drawGround).addTo(map);
  chosenLayer = L.layerGroup().addTo(map);
  showZones();
  labels = new Sheet("labels", (context, ...where) => drawLabels(context, ...where, { ...shown, zones: shown.zones() })).addTo(map);
  onTheme(() => { restyleZones(); showChosen(); ground.redraw(); });
}

// A map shows each place once: what lies a turn further would be a place without its zones.
function keepToOneTurn(middle) {
  map.setMinZoom(Math.ceil(4 * Math.log2(Math.max(256, map.getSize().x) / 256)) / 4);
  map.setMaxBounds([[-90, middle - 180], [90, middle + 180]]);
  map.options.maxBoundsViscosity = 1;
}

export const theMap = () => map;
export const overLines = () => overRenderer;

// Smaller zones lie over larger ones.
export function showZones() {
  for (const { layer } of zoneLayers) layer.remove();
  for (const layer of coverageLayers) layer.remove();
  coverageLayers = shown.coverages().map((coverage) => L.polygon([...coverage.flat(), wholeTurn(shown.middle())], { ...outsideStyle(), renderer: zoneRenderer, interactive: false }).addTo(map));
  zoneLayers = [...shown.zones()].sort((a, b) => byArea(b, a)).map((zone) => {
    const layer = L.polygon(zone.shape, { ...shown.styleOf(zone), renderer: zoneRenderer, interactive: false });
    return { zone, layer: layer.addTo(map) };
  });
  labels?.redraw();
}

// Outside of a coverage nothing is known, and everything is off: it must not look like free ground.
const outsideStyle = () => ({ color: colour("grid-text"), weight: 1, dashArray: "8 5", fill: true, fillColor: pattern("outside"), fillOpacity: 1, fillRule: "evenodd" });
const wholeTurn = (middle) => [[-90, middle - 180], [-90, middle + 180], [90, middle + 180], [90, middle - 180]];

export function restyleZones() {
  for (const layer of coverageLayers) layer.setStyle(outsideStyle());
  for (const { zone, layer } of zoneLayers) layer.setStyle(shown.styleOf(zone));
  labels?.redraw();
}

export function showChosen() {
  chosenLayer.clearLayers();
  labels?.redraw();
  if (state.zone === null) return;
  const zone = shown.zones()[state.zone], ink = colour("ink");
  const options = { renderer: overRenderer, interactive: false, color: ink, weight: 3, fill: false };
  L.polygon(zone.shape, options).addTo(chosenLayer);
  if (!zone.drawn) return;
  const dashed = { ...options, weight: 2, dashArray: "4 4" };
  if (zone.drawn.kind === "polygon") L.polygon(zone.drawn.parts, dashed).addTo(chosenLayer);
  else if (zone.drawn.kind === "line") L.polyline(zone.drawn.parts.flat(), dashed).addTo(chosenLayer);
  else L.circleMarker(zone.drawn.parts[0][0][0], { ...options, radius: 3, fill: true, fillColor: ink }).addTo(chosenLayer);
}

export function showBounds({ south, north, west, east }) {
  byId("map").scrollIntoView({ block: "nearest" });
  map.fitBounds([[south, west], [north, east]], { padding: [50, 50], maxZoom: 18, animate: false });
}

export const zoneAfter = (zones) => {
  // Where zones lie over each other, each click takes the next one.
  const numbers = zones.map((zone) => zone.number);
  return numbers.length ? numbers[(numbers.indexOf(state.zone) + 1) % numbers.length] : null;
};

// `onMove(zones, latlng, point)` gives a first line for the hint, or null; `onClick` gets the same; `onOut` nothing.
export function listenToMap(onMove, onClick, onOut) {
  let waiting = null;
  const tip = el("div", { class: "tip map-tip", hidden: true });
  byId("map").append(tip);
  const hint = ({ latlng, containerPoint }) => {
    const zones = zonesUnder(shown.zones(), latlng.lat, latlng.lng), first = onMove(zones, latlng, containerPoint);
    const lines = zones.slice(0, MOST_SHOWN).map((zone) => el("div", {}, foreign(zone.title, 40), ` · ${shown.captionOf(zone)}`));
    if (zones.length > MOST_SHOWN) lines.push(el("div", {}, countText(zones.length - MOST_SHOWN, "more zone", "more zones")));
    tip.replaceChildren(...(first === null ? [] : [el("strong", {}, first)]), ...lines);
    tip.hidden = !tip.childElementCount;
    const size = map.getSize();
    tip.style.left = `${Math.min(containerPoint.x + 14, size.x - 240)}px`;
    tip.style.top = `${Math.min(containerPoint.y + 14, size.y - 20 - tip.offsetHeight)}px`;
  };
  map.on("mousemove", (event) => {
    if (waiting === null) requestAnimationFrame(() => { if (waiting) hint(waiting); waiting = null; });
    waiting = event;
  });
  map.on("mouseout", () => { waiting = null; tip.hidden = true; onOut(); });
  map.on("click", ({ latlng, containerPoint }) => onClick(zonesUnder(shown.zones(), latlng.lat, latlng.lng), latlng, containerPoint));
}

// A browser prints what clears a canvas as white over all that lies below: for paper the map is one canvas, never cleared.
export function layForPaper(isPaper) {
  byId("map").querySelector(".snapshot")?.remove();
  if (isPaper) screenView ??= [map.getCenter(), map.getZoom()];
  map.invalidateSize({ animate: false, pan: false });
  if (isPaper) fitAll(false); else if (screenView) map.setView(...screenView, { animate: false });
  if (!isPaper) screenView = null;
  map.fire("moveend"); // draws at once, where a change of style only asks for it
  if (!isPaper) return;
  const size = map.getSize(), snapshot = el("canvas", { class: "snapshot", "aria-hidden": "true" }), ratio = window.devicePixelRatio || 1;
  snapshot.width = size.x * ratio;
  snapshot.height = size.y * ratio;
  const context = snapshot.getContext("2d"), box = byId("map").getBoundingClientRect();
  context.scale(ratio, ratio);
  context.fillStyle = colour("sea");
  context.fillRect(0, 0, size.x, size.y);
  for (const name of ["ground", "overlayPane", "over", "labels"]) {
    for (const canvas of map.getPane(name).querySelectorAll("canvas")) {
      const at = canvas.getBoundingClientRect();
      context.drawImage(canvas, at.left - box.left - 1, at.top - box.top - 1, at.width, at.height);
    }
  }
  byId("map").append(snapshot);
}
