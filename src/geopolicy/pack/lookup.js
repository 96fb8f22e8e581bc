// Which zones of a pack cover a position: written from docs/spec/pack-v1.md, exact, no dependency.
// SPDX-License-Identifier: Apache-2.0
//
//     const pack = openPack(bytes);                  // a Uint8Array; throws where it cannot be used
//     const owners = ownersAt(pack, 45.27, 13.7);    // ascending numbers, or null: no position on Earth
//     if (owners === null || !isKnown(pack, owners)) { /* restrict everything */ }
//     for (const owner of owners) if (owner < pack.zones) console.log(zoneId(pack, owner));
//
// Whatever is thrown, and null, means: restrict everything. The checksum is the caller's: SHA-256 of the bytes but
// 32 to 64, which hold it. A pack that comes from elsewhere should be verified by `geopolicy info` first.
// Numbers are doubles: whole ones are exact up to 2^53, so shifts of larger ones than 2^31 are divisions.

"use strict";

const POLE = 900000000;
const NAMES = ["VERT", "RING", "ZONE", "SETE", "SETM", "ROOT", "NODE", "LEAF", "TERM", "TEXT", "META"];
const TO_INTEGER = 6755399441055744; // 1.5 * 2^52: adding it rounds to a whole number, ties to even

/** A pack of a base; an overlay is refused. */
const openPack = (bytes) => openFormat(bytes, 1);

/** The same of an overlay: zones that count beside those of packs that openPack opened. It makes no place known: where
 * there are overlays alone, restrict everything. */
function openOverlay(bytes) {
  const pack = openFormat(bytes, 2);
  if (pack.coverages !== 0) throw Error("an overlay with coverages");
  return pack;
}

function openFormat(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at) => view.getUint32(at, true);
  if (bytes.length < 640 || String.fromCharCode(...bytes.subarray(0, 8)) !== "GPOLPACK") throw Error("not a pack");
  if (u32(8) !== format) throw Error(`pack format ${u32(8)} is not known`);
  const length = u32(16) + u32(20) * 4294967296;
  if (u32(12) !== 640 || u32(24) !== NAMES.length || length !== bytes.length) throw Error("pack of another size");
  const pack = { view, bytes, zones: u32(64), coverages: u32(68), at: {}, families: [] };
  const [zones, owners] = [u32(64), u32(64) + u32(68)];
  const sizes = [8 * u32(72), 8 * u32(76), 32 * owners, 4 * u32(80), 4 * u32(84), 4 * u32(112), 64 * u32(88),
    4 * u32(92), 8 * u32(96), u32(100), null];
  let end = 640;
  NAMES.forEach((name, i) => {
    const entry = 320 + 24 * i;
    const [start, size] = [8, 16].map((at) => u32(entry + at) + u32(entry + at + 4) * 4294967296);
    const isNamed = String.fromCharCode(...bytes.subarray(entry, entry + 4)) === name;
    const isSized = sizes[i] === null || sizes[i] === size;
    const isPlaced = start % 64 === 0 && start >= end && start + size <= length;
    if (!isNamed || !isSized || !isPlaced) throw Error(`section ${name} is not as it must be`);
    pack.at[name] = start;
    end = start + size;
  });
  for (let at = 128; at < 320; at += 64) {
    pack.families.push({
      x: view.getInt32(at, true), y: view.getInt32(at + 4, true), shift: u32(at + 8), columns: u32(at + 12),
      rows: u32(at + 16), first: u32(at + 20), north: u32(at + 24), south: u32(at + 28),
    });
  }
  return pack;
}

/** The owners, ascending, that cover a position in degrees on WGS 84; null where there is no such position, or what is
 * given are not two numbers: JavaScript takes null, "" and [] for 0. */
function ownersAt(pack, lat, lon) {
  if (typeof lat !== "number" || typeof lon !== "number") return null;
  if (!(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180)) return null;
  const found = new Set();
  for (let family = 0; family < 3; family++) {
    if (pack.families[family].columns === 0) continue;
    if (family > 0 && !(lat >= -1 && lat <= 61 && lon >= 69 && lon <= 141)) continue;
    const [y, x] = forward(family, lat, lon).map(toUnits);
    findOwners(pack, pack.families[family], x, y, found);
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether all coverages are among the owners of a position. */
function isKnown(pack, owners) {
  return owners.filter((owner) => owner >= pack.zones).length === pack.coverages;
}

/** The id of a zone. */
function zoneId(pack, owner) {
  const record = pack.at.ZONE + 32 * owner;
  const start = pack.at.TEXT + pack.view.getUint32(record, true);
  return new TextDecoder().decode(pack.bytes.subarray(start, start + pack.view.getUint32(record + 4, true)));
}

/** Degrees in grid units: the double product, to the nearest whole number, ties to even. */
function toUnits(degrees) {
  return degrees * 1e7 + TO_INTEGER - TO_INTEGER;
}

// Look-up, steps 1 to 5: a position on the grid of one family.
function findOwners(pack, index, x, y, found) {
  const u32 = (at) => pack.view.getUint32(at, true);
  if (y === POLE || y === -POLE) return addSet(pack, y > 0 ? index.north : index.south, found);
  const [u, v] = [x - index.x, y - index.y];
  let side = 2 ** index.shift;
  if (u < 0 || v < 0 || u >= index.columns * side || v >= index.rows * side) return;
  let at = pack.at.ROOT + 4 * (index.first + Math.floor(v / side) * index.columns + Math.floor(u / side));
  let entry = u32(at);
  while (entry >>> 30 === 1) {
    side /= 4;
    if (side < 1) throw Error("nodes below cells of one unit");
    at = pack.at.NODE + 64 * (entry & 0x3fffffff) + 16 * (Math.floor(v / side) % 4) + 4 * (Math.floor(u / side) % 4);
    entry = u32(at);
  }
  if (entry >>> 30 === 0) return addSet(pack, entry, found);
  if (entry >>> 30 !== 2) throw Error("an entry of no kind");
  readLeaf(pack, pack.at.LEAF + 4 * (entry & 0x3fffffff), x, y, x - (u % side), found);
}

function addSet(pack, set, found) {
  const ends = pack.at.SETE + 4 * set;
  const first = set === 0 ? 0 : pack.view.getUint32(ends - 4, true);
  for (let i = first; i < pack.view.getUint32(ends, true); i++) found.add(pack.view.getUint32(pack.at.SETM + 4 * i, true));
}

// Look-up, step 6: every chunk of a leaf.
function readLeaf(pack, leaf, x, y, x0, found) {
  const u32 = (at) => pack.view.getUint32(at, true);
  for (let at = leaf, isLast = false; !isLast;) {
    const counts = u32(at + 4);
    const runs = (counts >>> 16) & 0x7ff;
    const shapes = ((counts >>> 27) & 15) + 1;
    isLast = counts >>> 31 === 0;
    addSet(pack, u32(at), found);
    const owners = at + 8;
    at = owners + 4 * shapes;
    let [parity, touching] = [counts & 0xffff, 0];
    for (let i = 0; i < runs; i++, at += 8) {
      const mask = pack.view.getUint16(at + 4, true);
      const kind = pack.view.getUint8(at + 6);
      if ((kind & 64) === 0) continue;
      const origin = pack.view.getInt8(at + 7) * 100000000;
      let vertex = pack.at.VERT + 8 * u32(at);
      for (let edges = (kind & 63) + 1; edges > 0; edges--, vertex += 8) {
        const [ax, ay, bx, by] = [0, 4, 8, 12].map((n) => pack.view.getInt32(vertex + n, true));
        const meeting = meetEdge(ax + origin, ay, bx + origin, by, x, y, x0);
        if (meeting === "on") touching |= mask;
        else if (meeting === "flip") parity ^= mask;
      }
    }
    for (let i = 0; i < shapes; i++) if (((parity | touching) >>> i) & 1) found.add(u32(owners + 4 * i));
  }
}

/** What an edge does to the parity of its shapes at a position, or that the position lies on it. */
function meetEdge(ax, ay, bx, by, x, y, x0) {
  const isBetween = x >= Math.min(ax, bx) && x <= Math.max(ax, bx);
  const isInRows = y >= Math.min(ay, by) && y <= Math.max(ay, by);
  const order = isBetween && isInRows ? compareProducts(bx - ax, y - ay, x - ax, by - ay) : 0;
  if (isBetween && isInRows && order === 0) return "on";
  const isColumn = (ax >= x0) !== (bx >= x0);
  if ((ay > y) === (by > y)) return isColumn && ay <= y ? "flip" : "";
  const isWest = isBetween ? (by > ay ? order < 0 : order > 0) : x > Math.max(ax, bx);
  const isFirst = isColumn ? (ax < bx) === (ay < by) : ax < x0;
  return isFirst !== isWest ? "flip" : "";
}

// The sign of a * b - c * d. Rounding keeps the order of the products, so where the doubles differ they tell it; where
// they are the same the products, of up to 63 bits, may still differ.
function compareProducts(a, b, c, d) {
  const [first, second] = [a * b, c * d];
  if (first !== second) return first < second ? -1 : 1;
  const exact = BigInt(a) * BigInt(b) - BigInt(c) * BigInt(d);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

// Frames ---------------------------------------------------------------------------------------------------------
// The operations of gp_frames.c in the same order. JavaScript evaluates doubles as doubles and contracts nothing.

const SINE = [7.697826768224191e-07, -2.1903497074626018e-05, 0.0004662998161898394, -0.007370430505916944,
  0.0821458865731029, -0.5992645293189447, 2.5501640398773007, -5.167712780049969, 3.141592653589793];
const PI = 3.141592653589793;
const AXIS_M = 6378245;
const EXCENTRICITY_SQ = 0.00669342162296594323;

function sinPi(t) {
  const n = t + TO_INTEGER - TO_INTEGER;
  const half = n * 0.5;
  const odd = half - (half + TO_INTEGER - TO_INTEGER);
  const r = t - n;
  const square = r * r;
  const total = SINE.slice(1).reduce((sum, factor) => sum * square + factor, SINE[0]);
  return r * total * (1 - 8 * (odd * odd));
}

function toGcj02(lat, lon) {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const xy = 0.1 * x * y;
  const ripple = (20 * sinPi(6 * x) + 20 * sinPi(2 * x)) * 2 / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + xy + 0.2 * root + ripple;
  north = north + (20 * sinPi(y) + 40 * sinPi(y / 3)) * 2 / 3;
  north = north + (160 * sinPi(y / 12) + 320 * sinPi(y / 30)) * 2 / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + xy + 0.1 * root + ripple;
  east = east + (20 * sinPi(x) + 40 * sinPi(x / 3)) * 2 / 3;
  east = east + (150 * sinPi(x / 12) + 300 * sinPi(x / 30)) * 2 / 3;
  const sine = sinPi(lat / 180);
  const magic = 1 - EXCENTRICITY_SQ * sine * sine;
  const rootMagic = Math.sqrt(magic);
  const cosine = sinPi(lat / 180 + 0.5);
  return [
    lat + north * 180 / (AXIS_M * (1 - EXCENTRICITY_SQ) / (magic * rootMagic) * PI),
    lon + east * 180 / (AXIS_M / rootMagic * cosine * PI),
  ];
}

/** A place on WGS 84 in the frame of a family (1 GCJ-02, 2 BD-09): latitude and longitude in degrees. */
function forward(family, lat, lon) {
  if (family === 0) return [lat, lon];
  const [y, x] = toGcj02(lat, lon);
  if (family === 1) return [y, x];
  const r = Math.sqrt(x * x + y * y);
  const stretch = (r + 2e-5 * sinPi(y * 50 / 3)) / r;
  const angle = 3e-6 * sinPi(x * 50 / 3 + 0.5);
  const cosine = 1 - 0.5 * (angle * angle);
  return [stretch * (y * cosine + x * angle) + 0.006, stretch * (x * cosine - y * angle) + 0.0065];
}

if (typeof module !== "undefined") module.exports = { openPack, openOverlay, ownersAt, isKnown, zoneId, forward };
