// What Python wrote into the page of zones, unpacked; and which zones cover a place, which is looked up exactly.
import { byId, plain } from "./dom.js";
import { isKnown, openOverlay, openPack, ownersAt } from "./lookup.js";
import { boundsOf, onTurn, shapeOf, zoneOf } from "./shapes.js";

const page = JSON.parse(byId("data").textContent);
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function editionOf(stored) {
  return {
    ...stored,
    zones: stored.zones.map((zone, number) => zoneOf(zone, number, plain(zone.name || zone.id), page.middle_lon)),
    coverages: stored.coverages.map((coverage) => onTurn(shapeOf(coverage), page.middle_lon)),
    layers: stored.layers.map((layer) => ({ ...layer, pack: (layer.is_base ? openPack : openOverlay)(bytesOf(layer.pack)) })),
  };
}

function changeOf(change) {
  const own = shapeOf(change.polygons), shape = onTurn(own, page.middle_lon), [paths] = shapeOf([change.lines]);
  return { ...change, shape, paths, bounds: boundsOf([...shape, paths]), own: boundsOf([...own, paths]) };
}

export const data = {
  ...page,
  editions: page.editions.map(editionOf),
  changes: page.changes && { ...page.changes, findings: page.changes.findings.map(changeOf) },
};

// Degrees as whoever asks `geopolicy check` would write them.
export const rounded = (degrees) => Math.round(degrees * 1e7) / 1e7;
export const turned = (lon) => (lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180);

// The numbers of the zones that cover a place, and why the place is not known, if it is not.
export function placeIn(edition, lat, lon) {
  const zones = [], unknown = new Set(edition.layers.some((layer) => layer.is_base) ? [] : ["no_pack"]);
  for (const { pack, zones: numbers } of edition.layers) {
    const owners = ownersAt(pack, lat, lon);
    if (owners === null) { unknown.add("invalid_position"); continue; }
    if (!isKnown(pack, owners)) unknown.add("outside_coverage");
    for (const owner of owners) if (owner < pack.zones) zones.push(numbers[owner]);
  }
  zones.sort((a, b) => edition.zones[a].rank - edition.zones[b].rank);
  return { zones, unknown };
}
