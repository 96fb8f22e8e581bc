// Names on the map, the tightest zones first, none over another.
import { plain } from "./dom.js";
import { data, placeAt, count } from "./data.js";
import { state } from "./state.js";
import { colour, LEVEL_NAMES, levelColour } from "./theme.js";

const MOST = 80;
const LEAST_PX = 26;

export function contains(zone, lat, lon) {
  const { south, north, west, east } = zone.bounds;
  if (lat < south || lat > north || lon < west || lon > east) return false;
  let isIn = false;
  for (const ring of zone.shape.flat()) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [y0, x0] = ring[i], [y1, x1] = ring[j];
      if (y0 > lat !== y1 > lat && lon < ((x1 - x0) * (lat - y0)) / (y1 - y0) + x0) isIn = !isIn;
    }
  }
  return isIn;
}

export const zonesAt = (lat, lon) => data.zones.filter((zone) => contains(zone, lat, lon));

const area = ({ bounds }) => (bounds.north - bounds.south) * (bounds.east - bounds.west);
export const byArea = (a, b) => area(a) - area(b);
let ordered = null;

// Where the name of a zone can stand: in the middle of the part of it that is seen.
function placeOf(zone, map, view) {
  const { south, north, west, east } = zone.bounds;
  if (south > view.getNorth() || north < view.getSouth() || west > view.getEast() || east < view.getWest()) return null;
  const a = map.latLngToContainerPoint([north, west]), b = map.latLngToContainerPoint([south, east]);
  if (b.x - a.x < LEAST_PX && b.y - a.y < LEAST_PX) return null;
  const lat = (Math.max(south, view.getSouth()) + Math.min(north, view.getNorth())) / 2;
  const lon = (Math.max(west, view.getWest()) + Math.min(east, view.getEast())) / 2;
  return contains(zone, lat, lon) ? map.latLngToContainerPoint([lat, lon]) : null;
}

class Places {
  constructor(size) { this.size = size; this.boxes = []; }
  take(x, y, width, height) {
    const box = [x - width / 2 - 3, y - height / 2 - 2, x + width / 2 + 3, y + height / 2 + 2];
    const isOut = box[0] < 0 || box[1] < 0 || box[2] > this.size.x || box[3] > this.size.y;
    const meets = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
    if (isOut || this.boxes.some(meets)) return false;
    this.boxes.push(box);
    return true;
  }
}

function write(context, text, x, y, fill) {
  context.strokeStyle = colour("halo");
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
  context.fillStyle = fill;
  context.fillText(text, x, y);
}

function drawEnds(context, map, places) {
  if (!data.way.has_positions) return;
  const ends = [["start", 0], ["end", count - 1]];
  context.font = "600 12px system-ui, sans-serif";
  for (const [text, step] of ends) {
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

export const drawnLabels = []; // what stands on the map now, for whoever asks

export function drawLabels(context, map, size) {
  ordered ??= [...data.zones].sort((a, b) => b.level - a.level || byArea(b, a));
  const chosen = state.zone === null ? [] : [data.zones[state.zone]];
  const places = new Places(size), view = map.getBounds();
  context.textAlign = "center";
  context.textBaseline = "middle";
  drawnLabels.length = 0;
  drawEnds(context, map, places);
  for (const zone of [...chosen, ...ordered]) {
    if (drawnLabels.length >= MOST) break;
    const point = placeOf(zone, map, view);
    if (!point) continue;
    const name = plain(zone.title, 28), level = zone.level < 0 ? "nothing here" : LEVEL_NAMES[zone.level];
    context.font = "600 12px system-ui, sans-serif";
    const width = Math.max(context.measureText(name).width, 40);
    if (!places.take(point.x, point.y, width, 28)) continue;
    write(context, name, point.x, point.y - 7, colour("ink"));
    context.font = "11px system-ui, sans-serif";
    write(context, zone.level === 0 ? "asks, no level" : level, point.x, point.y + 7, levelColour(zone.level));
    drawnLabels.push({ zone: zone.number, name, box: places.boxes.at(-1) });
  }
}
