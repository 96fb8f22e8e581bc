// What zones ask together. Which of their rules hold is looked up in what Python wrote; here it is only added up, by the
// laws of `geopolicy.policy.combine`: the tightest counts, and off is what cannot do all that is asked of it.
import { data, placeIn } from "./zones_data.js";
import { lastAtMost } from "./shapes.js";

const IN_VEHICLE = 2, OFF = 4;

const firsts = new WeakMap();
function startsOf(timeline) {
  if (!firsts.has(timeline)) firsts.set(timeline, timeline.map(([since]) => since));
  return firsts.get(timeline);
}

export const situationNumber = (state, emergency) => 3 * (state === null ? 0 : 1 + data.states.indexOf(state)) + [null, false, true].indexOf(emergency);

export function timelineOf(edition, terms, { vehicle, state, emergency, at }) {
  const times = edition.times[vehicle], [timed, untimed] = times.held[terms][situationNumber(state, emergency)];
  return times.timelines[at === null ? untimed : timed];
}

// What the rules of a zone do in circumstances: vehicle (a number), state, emergency, and the millisecond; null: not known.
export function effectOf(edition, zone, circumstances) {
  const timeline = timelineOf(edition, zone.terms, circumstances);
  const step = circumstances.at === null ? 0 : lastAtMost(startsOf(timeline), circumstances.at);
  return edition.times[circumstances.vehicle].effects[timeline[step][1]];
}

class Sum {
  constructor(vehicle) {
    const each = (make) => vehicle.sensors.map(make);
    Object.assign(this, { vehicle, levels: each(() => 0), stores: each(() => new Set()), limits: each(() => new Map()), shows: each(() => new Set()) });
    Object.assign(this, { consents: new Set(), notUnderstood: new Set(), reasons: new Set() });
  }

  add(rule, sensors) {
    this.reasons.add("in_zone");
    for (const sensor of sensors) {
      this.levels[sensor] = Math.max(this.levels[sensor], rule.level);
      if (rule.store_in !== null) this.stores[sensor].add(rule.store_in);
      if (rule.needs_consent) this.consents.add(sensor);
      if (rule.not_understood) this.notUnderstood.add(sensor);
      for (const notice of rule.must_show) this.shows[sensor].add(notice);
      for (const limit of rule.limits) { // limits of one name stand in the order of tightness
        const [name] = data.limits[limit];
        this.limits[sensor].set(name, Math.max(limit, this.limits[sensor].get(name) ?? -1));
      }
    }
  }

  raise(sensor, level, reason) {
    this.levels[sensor] = Math.max(this.levels[sensor], level);
    this.reasons.add(reason);
  }

  settle() {
    const { keeps, shows } = this.vehicle;
    this.vehicle.sensors.forEach((_, sensor) => {
      if (this.stores[sensor].size > 1) this.raise(sensor, IN_VEHICLE, "store_conflict");
      if (this.consents.has(sensor)) this.raise(sensor, OFF, "consent_missing");
      if (this.notUnderstood.has(sensor)) this.raise(sensor, OFF, "limit");
      if ([...this.limits[sensor].values()].some((limit) => !keeps[limit].includes(sensor))) this.raise(sensor, OFF, "limit");
      if ([...this.shows[sensor]].some((notice) => !shows[notice])) this.raise(sensor, OFF, "notice");
    });
  }

  // All that is asked beside levels, in words, and what the vehicle cannot do of it, with the sensors.
  tags() {
    const named = new Map(), { keeps, shows } = this.vehicle;
    const tag = (text, sensor) => named.set(text, [...(named.get(text) ?? []), sensor]);
    const countries = [...new Set(this.stores.flatMap((each) => [...each]))].sort();
    for (const country of countries) this.stores.forEach((each, sensor) => { if (each.has(country)) tag(`store in ${country}`, sensor); });
    for (const sensor of [...this.consents].sort((a, b) => a - b)) tag("needs consent", sensor);
    this.limits.forEach((each, sensor) => { for (const limit of [...each.values()].sort((a, b) => a - b)) tag(data.limits[limit][1], sensor); });
    data.notices.forEach((text, notice) => this.shows.forEach((each, sensor) => { if (each.has(notice)) tag(`must show ${text}`, sensor); }));
    this.limits.forEach((each, sensor) => { for (const limit of each.values()) if (!keeps[limit].includes(sensor)) tag(`cannot keep ${data.limits[limit][1]}`, sensor); });
    this.shows.forEach((each, sensor) => { for (const notice of each) if (!shows[notice]) tag(`cannot show ${data.notices[notice]}`, sensor); });
    return Object.fromEntries(named);
  }
}

// The answer where zones apply: as a `Decision`, with sensors by number.
export function answerOf(edition, { zones, unknown }, circumstances) {
  const sum = new Sum(data.vehicles[circumstances.vehicle]), applying = new Set(), causes = [];
  for (const number of zones) {
    const zone = edition.zones[number], effect = effectOf(edition, zone, circumstances);
    if (effect.expired) sum.reasons.add("expired");
    for (const [rule, sensors, isInForce, why, liftedBy] of effect.causes) {
      causes.push({ zone: number, rule, sensors, isInForce, why, liftedBy });
      if (!isInForce) continue;
      applying.add(number);
      sum.add(edition.rules[zone.terms][rule], sensors);
    }
  }
  for (const reason of unknown) sum.reasons.add(reason);
  if (unknown.size) sum.levels.fill(OFF);
  sum.settle();
  return {
    certainty: unknown.size ? "unknown" : "certain", levels: sum.levels, tags: sum.tags(), zones: [...applying], causes,
    reasons: data.reasons.map(([name]) => name).filter((name) => sum.reasons.has(name)),
  };
}

export const answerAt = (edition, lat, lon, circumstances) => answerOf(edition, placeIn(edition, lat, lon), circumstances);

// What a zone by itself asks of one sensor, or of the one of which it asks most: a level, 0 for tags alone, -1 for nothing.
const NOWHERE = new Set();
export function levelOfZone(edition, zone, circumstances, sensor) {
  const effect = effectOf(edition, zone, circumstances), key = `${circumstances.vehicle} ${zone.terms} ${sensor}`;
  edition.kept ??= new Map();
  const kept = edition.kept.get(effect) ?? edition.kept.set(effect, new Map()).get(effect);
  if (!kept.has(key)) {
    const isAsked = effect.causes.some(([, sensors, isInForce]) => isInForce && (sensor === null || sensors.includes(sensor)));
    const { levels } = answerOf(edition, { zones: [zone.number], unknown: NOWHERE }, circumstances);
    kept.set(key, isAsked ? (sensor === null ? Math.max(...levels) : levels[sensor]) : -1);
  }
  return kept.get(key);
}

// The line that `geopolicy check --explain` prints for a cause.
export function causeText(edition, vehicle, { zone: number, rule, sensors, isInForce, why }) {
  const zone = edition.zones[number], title = zone.name ? `${zone.id} (${zone.name})` : zone.id;
  const names = sensors.map((sensor) => data.vehicles[vehicle].sensors[sensor]).join(", ") || "no sensor of this vehicle";
  return `${title} rule ${rule + 1} ${isInForce ? "asks" : "does not ask now"}: ${edition.rules[zone.terms][rule].asks} for ${names} [${why}]`;
}
