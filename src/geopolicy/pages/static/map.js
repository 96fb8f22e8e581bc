// The map: zones, the way, the place of the moment; pointer and clicks on it.
import { byId, countText, el, foreign } from "./dom.js";
import { answerAt, count, data, isLost, lastAtMost, levelOf, placeAt, runAt, CERTAINTIES } from "./data.js";
import { follow, look, state } from "./state.js";
import { colour, LEVEL_NAMES, levelColour, onTheme, pattern } from "./theme.js";
import { drawGround, L, Sheet } from "./map_layers.js";
import { byArea, drawLabels, zonesAt } from "./map_labels.js";
import { momentLine } from "./panel.js";

const NEAR_PX = 14;
const DASHES = { certain: null, possible: "9 6", unknown: "1 7" };
const WEIGHTS = [4, 5, 5, 6, 7];
const MOST_SHOWN = 6;

let map, zoneRenderer, wayRenderer, labels, chosenLayer, marker, ring;
let zoneLayers = [], wayLayers = [];
let mercator = null;
let screenView = null;

const styleOf = (zone) => ({
  color: levelColour(zone.level), weight: zone.steps ? 2.5 : 1, opacity: zone.steps ? 1 : 0.7,
  dashArray: zone.level < 0 ? "2 4" : null, fill: true, fillColor: pattern(zone.level), fillOpacity: zone.steps ? 1 : 0.5,
});

export function startMap() {
  map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, zoomDelta: 1, worldCopyJump: false, attributionControl: false, maxZoom: 21 });
  for (const [name, order] of [["ground", 150], ["drive", 450], ["labels", 460], ["moment", 640]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = order;
    pane.style.pointerEvents = "none";
  }
  zoneRenderer = L.canvas({ padding: 0.3 });
  wayRenderer = L.canvas({ padding: 0.3, pane: "drive" });
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  fit(false);
  if (data.tiles) L.tileLayer(data.tiles, { maxZoom: 21, maxNativeZoom: 19, referrerPolicy: "no-referrer" }).addTo(map);
  const ground = new Sheet("ground", data.tiles ? () => {} : drawGround).addTo(map);
  addZones();
  addWay();
  labels = new Sheet("labels", drawLabels).addTo(map);
  addMoment();
  listen();
  onTheme(() => { restyle(); ground.redraw(); labels.redraw(); });
  follow(onLook);
}

export function fit(isAnimated) {
  const points = data.way.has_positions
    ? Array.from(data.lat, (lat, i) => [lat, data.lon[i]])
    : data.zones.flatMap(({ bounds: b }) => [[b.south, b.west], [b.north, b.east]]);
  if (!points.length) { map.setView([20, 0], 2); return; }
  map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: 17, animate: isAnimated });
}

function addZones() {
  const order = [...data.zones].sort((a, b) => byArea(b, a));
  for (const coverage of data.coverages) {
    L.polygon(coverage, { renderer: zoneRenderer, interactive: false, fill: false, color: colour("grid-text"), weight: 1, dashArray: "8 5" }).addTo(map);
  }
  zoneLayers = order.map((zone) => {
    const layer = L.polygon(zone.shape, { ...styleOf(zone), renderer: zoneRenderer, interactive: false });
    return { zone, layer: layer.addTo(map) };
  });
  chosenLayer = L.layerGroup().addTo(map);
}

// Pieces of the way, by how they look.
function classesOfWay() {
  const classes = new Map();
  let last = null;
  for (let i = 0; i + 1 < data.kept.length; i += 1) {
    const [level, certainty] = wayLevelAt(data.kept[i]);
    const key = `${level} ${certainty}`;
    if (!classes.has(key)) classes.set(key, { level, certainty, pieces: [] });
    const { pieces } = classes.get(key), here = [data.lat[i], data.lon[i]];
    if (last !== key) pieces.push([here]);
    pieces.at(-1).push([data.lat[i + 1], data.lon[i + 1]]);
    last = key;
  }
  return [...classes.values()].sort((a, b) => a.level - b.level);
}

// The level and certainty by which the way is drawn from a step on.
export function wayLevelAt(step) {
  const number = data.runAnswers[runAt(step)];
  return [levelOf(number, state.sensor), data.answers[number].certainty];
}

export function wayClasses() {
  return classesOfWay().map(({ level, certainty, pieces }) => ({ level, certainty, pieces: pieces.length }));
}

function addWay() {
  for (const layer of wayLayers) layer.remove();
  if (!data.way.has_positions) return;
  const options = { renderer: wayRenderer, interactive: false, smoothFactor: 1, fill: false };
  const classes = classesOfWay();
  const casing = classes.map(({ pieces }) => pieces).flat();
  wayLayers = [L.polyline(casing, { ...options, color: colour("halo"), weight: 10, opacity: 0.9 }).addTo(map)];
  for (const { level, certainty, pieces } of classes) {
    const style = { color: levelColour(level), weight: WEIGHTS[level], dashArray: DASHES[certainty], lineCap: "butt" };
    if (certainty === "unknown") style.lineCap = "round";
    wayLayers.push(L.polyline(pieces, { ...options, ...style }).addTo(map));
  }
}

function addMoment() {
  const at = data.way.has_positions ? placeAt(0) : [0, 0];
  const options = { interactive: false, pane: "moment", renderer: L.svg({ pane: "moment" }), fillOpacity: 1 };
  ring = L.circleMarker(at, { ...options, radius: 7, weight: 2, fill: false, className: "hover-ring" });
  marker = L.circleMarker(at, { ...options, radius: 9, weight: 3, className: "moment" });
  if (data.way.has_positions) marker.addTo(map);
  showMoment();
}

function restyle() {
  for (const { zone, layer } of zoneLayers) layer.setStyle(styleOf(zone));
  addWay();
  showChosen();
  showMoment();
}

// The way on the map of the zoom 0, so that the nearest place to a pointer is found without a projection each time.
function nearestStep(point) {
  if (!data.way.has_positions) return null;
  mercator ??= Array.from(data.lat, (lat, i) => map.options.crs.latLngToPoint(L.latLng(lat, data.lon[i]), 0));
  const scale = 2 ** map.getZoom(), origin = map.getPixelOrigin(), at = map.containerPointToLayerPoint(point).add(origin);
  const x = at.x / scale, y = at.y / scale;
  let best = null, least = (NEAR_PX / scale) ** 2;
  for (let i = 0; i + 1 < mercator.length || i === 0; i += 1) {
    const a = mercator[i], b = mercator[i + 1] ?? a, dx = b.x - a.x, dy = b.y - a.y;
    const part = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    const off = (a.x + part * dx - x) ** 2 + (a.y + part * dy - y) ** 2;
    if (off < least) { least = off; best = data.kept[i] + part * ((data.kept[i + 1] ?? data.kept[i]) - data.kept[i]); }
  }
  return best === null ? null : Math.round(best);
}

function listen() {
  let waiting = null;
  const tip = el("div", { class: "tip map-tip", hidden: true });
  byId("map").append(tip);
  const show = ({ latlng, containerPoint }) => {
    const step = nearestStep(containerPoint), zones = zonesAt(latlng.lat, latlng.lng).sort(byArea);
    look({ hover: step, hoverZone: zones.length ? zones[0].number : null });
    const lines = zones.slice(0, MOST_SHOWN).map((zone) => el("div", {}, foreign(zone.title, 40), ` · ${zoneLevel(zone)}`));
    if (zones.length > MOST_SHOWN) lines.push(el("div", {}, countText(zones.length - MOST_SHOWN, "more zone", "more zones")));
    tip.replaceChildren(...(step === null ? [] : [el("strong", {}, momentLine(step))]), ...lines);
    tip.hidden = !tip.childElementCount;
    const size = map.getSize();
    tip.style.left = `${Math.min(containerPoint.x + 14, size.x - 240)}px`;
    tip.style.top = `${Math.min(containerPoint.y + 14, size.y - 20 - tip.offsetHeight)}px`;
  };
  map.on("mousemove", (event) => {
    if (waiting === null) requestAnimationFrame(() => { if (waiting) show(waiting); waiting = null; });
    waiting = event;
  });
  map.on("mouseout", () => { waiting = null; tip.hidden = true; look({ hover: null, hoverZone: null }); });
  map.on("click", ({ latlng, containerPoint }) => {
    const step = nearestStep(containerPoint);
    if (step !== null) { look({ step, playing: false }); return; }
    const zones = zonesAt(latlng.lat, latlng.lng).sort(byArea).map((zone) => zone.number);
    // Where zones lie over each other, each click takes the next one.
    const next = zones.length ? zones[(zones.indexOf(state.zone) + 1) % zones.length] : null;
    look({ zone: next });
  });
}

export const zoneLevel = (zone) => zone.level < 0 ? "no sensor of this vehicle" : zone.level ? LEVEL_NAMES[zone.level] : "tags or limits";

function showMoment() {
  if (!data.way.has_positions) return;
  marker.setLatLng(placeAt(state.step));
  const answer = answerAt(state.step), isUnknown = isLost(state.step) || answer.certainty === CERTAINTIES[2];
  marker.setStyle({ color: colour("ink"), fillColor: levelColour(levelOf(data.runAnswers[runAt(state.step)], state.sensor)), dashArray: isUnknown ? "3 3" : null });
  if (state.hover === null) { ring.remove(); return; }
  ring.setLatLng(placeAt(state.hover)).setStyle({ color: colour("ink") });
  if (!map.hasLayer(ring)) ring.addTo(map);
}

function showChosen() {
  chosenLayer.clearLayers();
  if (state.zone === null) return;
  const zone = data.zones[state.zone], ink = colour("ink");
  const options = { renderer: wayRenderer, interactive: false, color: ink, weight: 3, fill: false };
  L.polygon(zone.shape, options).addTo(chosenLayer);
  if (!zone.drawn) return;
  const dashed = { ...options, weight: 2, dashArray: "4 4" };
  if (zone.drawn.kind === "polygon") L.polygon(zone.drawn.parts, dashed).addTo(chosenLayer);
  else if (zone.drawn.kind === "line") L.polyline(zone.drawn.parts.flat(), dashed).addTo(chosenLayer);
  else L.circleMarker(zone.drawn.parts[0][0][0], { ...options, radius: 3, fill: true, fillColor: ink }).addTo(chosenLayer);
}

export function showZone(number) {
  const { south, north, west, east } = data.zones[number].bounds;
  map.fitBounds([[south, west], [north, east]], { padding: [50, 50], maxZoom: 18, animate: false });
}

function onLook(changed) {
  if (changed.has("sensor")) addWay();
  if (changed.has("zone")) { showChosen(); labels.redraw(); }
  if (["step", "hover", "sensor"].some((name) => changed.has(name))) showMoment();
  if (changed.has("step") && data.way.has_positions && !map.getBounds().contains(placeAt(state.step))) {
    map.panTo(placeAt(state.step), { animate: false });
  }
}

export function resizeMap() {
  map.invalidateSize({ animate: false, pan: false });
}
export const theMap = () => map;
export const theMarker = () => marker;

// A browser prints what clears a canvas as white over all that lies below: for paper the map is one canvas, never cleared.
export function layForPaper(isPaper) {
  byId("map").querySelector(".snapshot")?.remove();
  if (isPaper) screenView ??= [map.getCenter(), map.getZoom()];
  resizeMap();
  if (isPaper) fit(false); else if (screenView) map.setView(...screenView, { animate: false });
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
  for (const name of ["ground", "overlayPane", "drive", "labels"]) {
    for (const canvas of map.getPane(name).querySelectorAll("canvas")) {
      const at = canvas.getBoundingClientRect();
      context.drawImage(canvas, at.left - box.left - 1, at.top - box.top - 1, at.width, at.height);
    }
  }
  byId("map").append(snapshot);
}
