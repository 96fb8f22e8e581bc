// Names on the map, the tightest zones first, none over another.
import { plain } from "./dom.js";
import { byArea, contains } from "./shapes.js";
import { state } from "./state.js";
import { colour, levelColour } from "./theme.js";

const MOST = 80;
const LEAST_PX = 26;
const DOT_PX = 6;

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

// What is too small to be seen is a dot, the tightest on top.
function drawDots(context, map, zones, levelOf) {
  const view = map.getBounds(), perDegree = map.getSize().x / (view.getEast() - view.getWest());
  for (const zone of zones) {
    const { south, north, west, east } = zone.own, level = levelOf(zone);
    if (level < 0 || Math.max(east - west, north - south) * perDegree >= DOT_PX || !view.intersects([[south, west], [north, east]])) continue;
    const point = map.latLngToContainerPoint([(south + north) / 2, (west + east) / 2]);
    context.beginPath();
    context.arc(point.x, point.y, DOT_PX / 2, 0, 7);
    context.fillStyle = levelColour(level);
    context.strokeStyle = colour("halo");
    context.lineWidth = 1;
    context.fill();
    context.stroke();
  }
}

export function write(context, text, x, y, fill) {
  context.strokeStyle = colour("halo");
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
  context.fillStyle = fill;
  context.fillText(text, x, y);
}

export const drawnLabels = []; // what stands on the map now, for whoever asks

// `levelOf` and `captionOf` say what stands under the name of a zone; `drawFirst` takes its places before all zones.
export function drawLabels(context, map, size, { zones, levelOf, captionOf, drawFirst }) {
  const ordered = [...zones].sort((a, b) => levelOf(b) - levelOf(a) || byArea(b, a));
  const chosen = state.zone === null ? [] : [zones[state.zone]];
  const places = new Places(size), view = map.getBounds();
  context.textAlign = "center";
  context.textBaseline = "middle";
  drawnLabels.length = 0;
  drawDots(context, map, ordered.toReversed(), levelOf);
  drawFirst?.(context, map, places);
  for (const zone of [...chosen, ...ordered]) {
    if (drawnLabels.length >= MOST) break;
    const point = placeOf(zone, map, view);
    if (!point) continue;
    const name = plain(zone.title, 28);
    context.font = "600 12px system-ui, sans-serif";
    const width = Math.max(context.measureText(name).width, 40);
    if (!places.take(point.x, point.y, width, 28)) continue;
    write(context, name, point.x, point.y - 7, colour("ink"));
    context.font = "11px system-ui, sans-serif";
    write(context, captionOf(zone), point.x, point.y + 7, levelColour(levelOf(zone)));
    drawnLabels.push({ zone: zone.number, name, box: places.boxes.at(-1) });
  }
}
