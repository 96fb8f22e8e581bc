// The way over the map of zones, and the place of the moment.
import { CERTAINTIES, answerAt, count, data, isLost, levelOf, placeAt, runAt } from "./data.js";
import { L } from "./ground.js";
import { write } from "./labels.js";
import { LEVEL_NAMES } from "./levels.js";
import { listenToMap, overLines, showBounds, showChosen, startMap, theMap, zoneAfter } from "./map.js";
import { momentLine } from "./panel.js";
import { follow, look, state } from "./state.js";
import { colour, levelColour, onTheme, pattern } from "./theme.js";

const NEAR_PX = 14;
const FAR = 20;
const DASHES = { certain: null, possible: "9 6", unknown: "1 7" };
const WEIGHTS = [4, 5, 5, 6, 7];

let marker, ring;
let wayLayers = [];
let mercator = null;

const zoneLook = {
  zones: () => data.zones,
  coverages: () => data.coverages,
  middle: () => data.middle_lon,
  levelOf: (zone) => zone.level,
  captionOf: (zone) => zone.level < 0 ? "no sensor of this vehicle" : zone.level ? LEVEL_NAMES[zone.level] : "tags or limits",
  styleOf: (zone) => ({
    color: levelColour(zone.level), weight: zone.steps ? 2.5 : 1, opacity: zone.steps ? 1 : 0.7,
    dashArray: zone.level < 0 ? "2 4" : null, fill: true, fillColor: pattern(zone.level), fillOpacity: zone.steps ? 1 : 0.5,
  }),
  drawFirst: drawEnds,
};

// Within which values nearly all lie; a false place far away, such as 0, 0, would hide all others in one dot.
function boundsOfMost(values) {
  const sorted = Float64Array.from(values).sort(), at = (part) => sorted[Math.round(part * (sorted.length - 1))];
  const [low, high] = [at(0.01), at(0.99)], span = Math.max(high - low, 0.001);
  return at(1) - at(0) > FAR * span ? [low - span, high + span] : [at(0), at(1)];
}

let isPartShown = false; // whether places lie far outside of the first view

function points() {
  if (data.way.has_positions) {
    const [south, north] = boundsOfMost(data.lat), [west, east] = boundsOfMost(data.lon);
    const every = Array.from(data.lat, (lat, i) => [lat, data.lon[i]]);
    const shown = every.filter(([lat, lon]) => lat >= south && lat <= north && lon >= west && lon <= east);
    isPartShown = shown.length < every.length;
    return shown;
  }
  return data.zones.flatMap(({ own: b }) => [[b.south, b.west], [b.north, b.east]]);
}

export function startDriveMap() {
  startMap(zoneLook, points, data.tiles);
  addWay();
  addMoment();
  listenToMap(
    (zones, latlng, point) => {
      const step = nearestStep(point);
      look({ hover: step, hoverZone: zones.length ? zones[0].number : null });
      return step === null ? null : momentLine(step);
    },
    (zones, latlng, point) => {
      const step = nearestStep(point);
      look(step === null ? { zone: zoneAfter(zones) } : { step, playing: false });
    },
    () => look({ hover: null, hoverZone: null }),
  );
  onTheme(() => { addWay(); showMoment(); });
  follow(onLook);
}

function drawEnds(context, map, places) {
  if (!data.way.has_positions) return;
  context.font = "600 12px system-ui, sans-serif";
  for (const [text, step] of [["start", 0], ["end", count - 1]]) {
    const point = map.latLngToContainerPoint(placeAt(step));
    context.beginPath();
    context.arc(point.x, point.y, 5, 0, 7);
    context.fillStyle = text === "start" ? colour("paper") : colour("ink");
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    context.fill();
    context.stroke();
    const width = context.measureText(text).width;
    for (const [dx, dy] of [[width / 2 + 12, 0], [-width / 2 - 12, 0], [0, -15], [0, 15]]) {
      if (places.take(point.x + dx, point.y + dy, width, 14)) {
        write(context, text, point.x + dx, point.y + dy, colour("ink"));
        break;
      }
    }
  }
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
  const options = { renderer: overLines(), interactive: false, smoothFactor: 1, fill: false };
  const classes = classesOfWay();
  const casing = classes.map(({ pieces }) => pieces).flat();
  wayLayers = [L.polyline(casing, { ...options, color: colour("halo"), weight: 10, opacity: 0.9 }).addTo(theMap())];
  for (const { level, certainty, pieces } of classes) {
    const style = { color: levelColour(level), weight: WEIGHTS[level], dashArray: DASHES[certainty], lineCap: "butt" };
    if (certainty === "unknown") style.lineCap = "round";
    wayLayers.push(L.polyline(pieces, { ...options, ...style }).addTo(theMap()));
  }
}

function addMoment() {
  const at = data.way.has_positions ? placeAt(0) : [0, 0];
  const options = { interactive: false, pane: "moment", renderer: L.svg({ pane: "moment" }), fillOpacity: 1 };
  ring = L.circleMarker(at, { ...options, radius: 7, weight: 2, fill: false, className: "hover-ring" });
  marker = L.circleMarker(at, { ...options, radius: 9, weight: 3, className: "moment" });
  if (data.way.has_positions) marker.addTo(theMap());
  showMoment();
}

// The way on the map of the zoom 0, so that the nearest place to a pointer is found without a projection each time.
function nearestStep(point) {
  if (!data.way.has_positions) return null;
  const map = theMap();
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

function showMoment() {
  if (!data.way.has_positions) return;
  marker.setLatLng(placeAt(state.step));
  const answer = answerAt(state.step), isUnknown = isLost(state.step) || answer.certainty === CERTAINTIES[2];
  marker.setStyle({ color: colour("ink"), fillColor: levelColour(levelOf(data.runAnswers[runAt(state.step)], state.sensor)), dashArray: isUnknown ? "3 3" : null });
  if (state.hover === null) { ring.remove(); return; }
  ring.setLatLng(placeAt(state.hover)).setStyle({ color: colour("ink") });
  if (!theMap().hasLayer(ring)) ring.addTo(theMap());
}

function onLook(changed) {
  if (changed.has("sensor")) addWay();
  if (changed.has("zone")) showChosen();
  if (changed.has("fit") && state.fit) showBounds(data.zones[state.fit.zone].own);
  if (["step", "hover", "sensor"].some((name) => changed.has(name))) showMoment();
  if (changed.has("step") && data.way.has_positions && !theMap().getBounds().contains(placeAt(state.step))) {
    theMap().panTo(placeAt(state.step), { animate: false });
  }
}
export const theMarker = () => marker;
export const hasFarPlaces = () => isPartShown;
