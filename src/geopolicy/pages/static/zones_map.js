// The zones on the map by what they ask at the moment, the areas of a change, and the place that was clicked.
import { el } from "./dom.js";
import { L } from "./ground.js";
import { answerAt, levelOfZone } from "./joining.js";
import { LEVEL_NAMES } from "./levels.js";
import { listenToMap, overLines, restyleZones, showBounds, showChosen, showZones, startMap, theMap } from "./map.js";
import { circumstances, edition } from "./moments.js";
import { zonesUnder } from "./shapes.js";
import { follow, look, state } from "./state.js";
import { colour, levelColour, onTheme, pattern } from "./theme.js";
import { data, rounded, turned } from "./zones_data.js";

let marker;
let changeLayer = null;

export const levelNow = (zone) => levelOfZone(edition(), zone, circumstances(), state.sensor);

export function captionOf(zone) {
  const level = levelNow(zone);
  if (level < 0) return zone.level < 0 ? "no sensor of this vehicle" : "not now";
  return level ? LEVEL_NAMES[level] : "tags or limits";
}

const zoneLook = {
  zones: () => edition().zones,
  coverages: () => edition().coverages,
  middle: () => data.middle_lon,
  levelOf: levelNow,
  captionOf,
  styleOf(zone) {
    const level = levelNow(zone);
    return { color: levelColour(level), weight: level < 0 ? 1 : 2, opacity: 1, dashArray: level < 0 ? "2 4" : null, fill: true, fillColor: pattern(level), fillOpacity: level < 0 ? 0.4 : 1 };
  },
};

const points = () => data.editions.flatMap(({ zones }) => zones.flatMap(({ own: b }) => [[b.south, b.west], [b.north, b.east]]));
export const answerHere = (lat, lng) => answerAt(edition(), rounded(lat), rounded(turned(lng)), circumstances());

export function startZonesMap() {
  startMap(zoneLook, points, data.tiles);
  marker = L.circleMarker([0, 0], { interactive: false, pane: "moment", renderer: L.svg({ pane: "moment" }), fillOpacity: 1, radius: 8, weight: 3, className: "moment" });
  listenToMap(
    (zones, { lat, lng }) => {
      const answer = Math.abs(lat) <= 90 ? answerHere(lat, lng) : null;
      const changes = data.changes ? zonesUnder(data.changes.findings, lat, lng).map((each) => ` · ${each.is_looser ? "LOOSER" : "stricter"} by the change`) : [];
      return answer && `here: ${LEVEL_NAMES[Math.max(...answer.levels)]}${answer.certainty === "unknown" ? ", not known" : ""}${[...new Set(changes)].join("")}`;
    },
    (zones, { lat, lng }) => { if (Math.abs(lat) <= 90) look({ place: { lat: rounded(lat), lon: rounded(turned(lng)), lng } }); },
    () => {},
  );
  showChanges();
  onTheme(() => { showChanges(); showPlace(); });
  follow((changed) => {
    if (changed.has("edition")) { showZones(); showChanges(); }
    else if (["vehicle", "state", "emergency", "at", "sensor"].some((name) => changed.has(name))) restyleZones();
    if (changed.has("zone") || changed.has("edition")) showChosen();
    if (changed.has("fit") && state.fit) showBounds(state.fit.bounds ?? edition().zones[state.fit.zone].own);
    showPlace();
    if (changed.has("place") && state.place && !theMap().getBounds().contains(marker.getLatLng())) theMap().panTo(marker.getLatLng(), { animate: false });
  });
}

function showPlace() {
  if (!state.place) { marker.remove(); return; }
  const { lat, lon } = state.place, lng = lon + 360 * Math.round((data.middle_lon - lon) / 360);
  marker.setLatLng([lat, lng]);
  if (!theMap().hasLayer(marker)) marker.addTo(theMap());
  marker.setStyle({ color: colour("ink"), fillColor: levelColour(Math.max(...answerHere(lat, lon).levels)) });
}

function showChanges() {
  changeLayer?.remove();
  if (!data.changes) return;
  changeLayer = L.layerGroup().addTo(theMap());
  const other = data.editions[1 - state.edition], changed = new Set(data.changes.zones.flatMap(([id, , newId]) => [id, newId]));
  for (const zone of other.zones.filter(({ id }) => changed.has(id))) {
    L.polygon(zone.shape, { renderer: overLines(), interactive: false, color: colour("ink"), weight: 1.5, dashArray: "5 4", fill: false }).addTo(changeLayer);
  }
  for (const change of data.changes.findings.toSorted((a, b) => a.is_looser - b.is_looser)) {
    const name = change.is_looser ? "looser" : "stricter";
    const options = { renderer: overLines(), interactive: false, color: colour(name), weight: 3, fillColor: colour(name), fillOpacity: 0.35 };
    L.polygon(change.shape, options).addTo(changeLayer);
    for (const line of change.paths) {
      if (line.length > 1) L.polyline(line, options).addTo(changeLayer);
      else L.circleMarker(line[0], { ...options, radius: 5 }).addTo(changeLayer);
    }
  }
}

export const theMarker = () => marker;
export const nothingHere = () => el("p", { class: "faint nothing" }, "Click anywhere on the map: what holds there at this moment stands here, as geopolicy check says it.");
