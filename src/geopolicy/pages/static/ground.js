// What is drawn under zones and drive without a tile server: a graticule and coarse outlines of countries.
import { byId } from "./dom.js";
import { colour } from "./theme.js";

export const L = window.L;
const countries = JSON.parse(byId("countries").textContent);
const STEPS = [90, 60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];
const MOST_ZOOM_OF_COUNTRIES = 6.5; // nearer, outlines that are off by kilometres would mislead

// A canvas over the whole map, drawn anew whenever the map moves.
export const Sheet = L.Layer.extend({
  initialize(pane, draw) { this.pane = pane; this.draw = draw; },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane(this.pane));
    map.on("move moveend zoomend viewreset resize", this.redraw, this);
    this.redraw();
  },
  onRemove(map) {
    this.canvas.remove();
    map.off("move moveend zoomend viewreset resize", this.redraw, this);
  },
  redraw() {
    const map = this._map, size = map.getSize(), ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.draw(context, map, size);
  },
});

const degreesText = (value, step, letters) => {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return `${Math.abs(value).toFixed(digits)}° ${Math.abs(value) === 180 ? "" : value > 0 ? letters[0] : value < 0 ? letters[1] : ""}`.trim();
};

const wrapped = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;

function drawGraticule(context, map, size) {
  const bounds = map.getBounds();
  const step = STEPS.find((each) => (each / (bounds.getEast() - bounds.getWest())) * size.x < 190) ?? STEPS.at(-1);
  context.strokeStyle = colour("grid");
  context.fillStyle = colour("grid-text");
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  for (let n = Math.ceil(bounds.getWest() / step); n * step <= bounds.getEast(); n += 1) {
    const x = Math.round(map.latLngToContainerPoint([0, n * step]).x) + 0.5;
    context.beginPath(); context.moveTo(x, 0); context.lineTo(x, size.y); context.stroke();
    if (x > 56) context.fillText(degreesText(wrapped(n * step), step, "EW"), x + 3, 13);
  }
  for (let n = Math.ceil(bounds.getSouth() / step); n * step <= bounds.getNorth(); n += 1) {
    const y = Math.round(map.latLngToContainerPoint([n * step, 0]).y) + 0.5;
    context.beginPath(); context.moveTo(0, y); context.lineTo(size.x, y); context.stroke();
    context.textAlign = "right";
    if (y < size.y - 4) context.fillText(degreesText(n * step, step, "NS"), size.x - 4, y - 3);
    context.textAlign = "left";
  }
}

function pathOfRing(context, map, ring, turn) {
  let x = 0, y = 0;
  for (let i = 0; i < ring.length; i += 2) {
    x += ring[i]; y += ring[i + 1];
    const point = map.latLngToContainerPoint([Math.max(-85, Math.min(85, y / 10)), x / 10 + turn]);
    if (i) context.lineTo(point.x, point.y); else context.moveTo(point.x, point.y);
  }
  context.closePath();
}

function drawCountries(context, map, size) {
  const bounds = map.getBounds();
  const first = Math.floor((bounds.getWest() + 180) / 360), last = Math.floor((bounds.getEast() + 180) / 360);
  context.fillStyle = colour("land");
  context.strokeStyle = colour("coast");
  for (let turn = first - 1; turn <= last; turn += 1) {
    context.beginPath();
    for (const ring of countries.rings) pathOfRing(context, map, ring, turn * 360);
    context.fill("nonzero");
    context.stroke();
  }
  for (let turn = first; turn <= last; turn += 1) nameCountries(context, map, size, turn * 360);
}

function nameCountries(context, map, size, turn) {
  context.fillStyle = colour("grid-text");
  context.textAlign = "center";
  context.font = "11px system-ui, sans-serif";
  const perDegree = size.x / (map.getBounds().getEast() - map.getBounds().getWest());
  for (const [name, x, y, width] of countries.names) {
    const point = map.latLngToContainerPoint([y / 10, x / 10 + turn]);
    const isSeen = point.x > 0 && point.y > 0 && point.x < size.x && point.y < size.y;
    if (isSeen && context.measureText(name).width < 0.8 * (width / 10) * perDegree) context.fillText(name, point.x, point.y);
  }
  context.textAlign = "left";
}

export function drawGround(context, map, size) {
  const isFar = map.getZoom() <= MOST_ZOOM_OF_COUNTRIES;
  if (isFar) drawCountries(context, map, size);
  drawGraticule(context, map, size);
}
