// Shapes as Python wrote them, unpacked: for drawing, never for deciding.

export const UNITS = 1e7;

export function sums(differences, scale) {
  const numbers = new Float64Array(differences.length);
  let sum = 0;
  differences.forEach((difference, i) => { sum += difference; numbers[i] = sum / scale; });
  return numbers;
}

function ringOf(flat) {
  const ring = [];
  let x = 0, y = 0;
  for (let i = 0; i < flat.length; i += 2) {
    x += flat[i]; y += flat[i + 1];
    ring.push([y / UNITS, x / UNITS]);
  }
  return ring;
}

export const shapeOf = (parts) => parts.map((part) => part.map(ringOf));

export function boundsOf(shape) {
  const bounds = { south: 90, north: -90, west: Infinity, east: -Infinity };
  for (const [lat, lon] of shape.flat(2)) {
    bounds.south = Math.min(bounds.south, lat); bounds.north = Math.max(bounds.north, lat);
    bounds.west = Math.min(bounds.west, lon); bounds.east = Math.max(bounds.east, lon);
  }
  return bounds;
}

// A shape with its copies a turn of the Earth away, where these reach into the turn about the middle that a map shows.
export function onTurn(shape, middle) {
  const { west, east } = boundsOf(shape), copies = [...shape];
  for (const turn of [-360, 360]) {
    if (west + turn < middle + 180 && east + turn > middle - 180) copies.push(...shape.map((part) => part.map((ring) => ring.map(([lat, lon]) => [lat, lon + turn]))));
  }
  return copies;
}

export function zoneOf(zone, number, title, middle) {
  const own = shapeOf(zone.shape), shape = onTurn(own, middle), drawn = zone.drawn && { kind: zone.drawn.kind, parts: shapeOf(zone.drawn.parts) };
  return { ...zone, number, shape, drawn, bounds: boundsOf(shape), own: boundsOf(own), title };
}

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

const area = ({ own }) => (own.north - own.south) * (own.east - own.west);
export const byArea = (a, b) => area(a) - area(b);
export const zonesUnder = (zones, lat, lon) => zones.filter((zone) => contains(zone, lat, lon)).sort(byArea);

// The last place of a sorted list whose number is at most this one.
export function lastAtMost(numbers, wanted) {
  let low = 0, high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= wanted) low = middle; else high = middle - 1;
  }
  return low;
}
