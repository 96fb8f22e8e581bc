// What holds at the moment that is looked at, in words.
import { byId, el, foreign, plain } from "./dom.js";
import { answerAt, askedOf, count, data, fixAt, isLost, momentText, placeAt, runAt, secondsAt, tightest } from "./data.js";
import { follow, look, state } from "./state.js";
import { LEVEL_NAMES, levelList, namesOf } from "./levels.js";

const CERTAIN = {
  certain: "no border is near enough to matter",
  possible: "a border is near: the vehicle may be on either side of it, and its zone applies",
  unknown: "where the vehicle is, or what holds there, is not known",
};

export const reasonText = (reason) => data.reason_words[reason] ?? reason;

// One line about a step: when, the tightest level, and how sure.
export function momentLine(step) {
  const answer = answerAt(step);
  return `${momentText(secondsAt(step), true)} · ${LEVEL_NAMES[tightest(answer)]} · ${answer.certainty}`;
}

export function stepText(step) {
  const { number, isFix } = fixAt(step), fixes = data.summary.fixes.toLocaleString("en");
  if (isFix) return `fix ${number.toLocaleString("en")} of ${fixes}${isLost(step) ? ", without a position" : ""}`;
  return data.is_raw ? `on the way after fix ${number.toLocaleString("en")} of ${fixes}` : `the fix before it, ${number.toLocaleString("en")} of ${fixes}, is stale`;
}

export function zoneButton(number) {
  const zone = data.zones[number];
  const button = el("button", { type: "button", class: "link", "aria-pressed": String(state.zone === number) }, foreign(zone.title, 80));
  button.addEventListener("click", () => look({ zone: number, fit: { zone: number } }));
  return button;
}

function causeItem([zone, rule, sensors, isInForce, why]) {
  const text = data.zones[zone].rules[rule] ?? "";
  const verb = isInForce ? "asks" : "does not ask now";
  const names = sensors.length ? "" : " · names no sensor of this vehicle";
  return el("li", { class: isInForce ? "" : "faint" }, zoneButton(zone), ` ${verb}: `, foreign(text, 240), ` [${why}]${names}`);
}

function show() {
  const box = byId("now");
  if (!count) { box.replaceChildren(el("p", {}, "There is no fix in the drive: nothing was judged.")); return; }
  const { step } = state, number = data.runAnswers[runAt(step)], answer = data.answers[number];
  const tags = Object.entries(answer.tags).map(([tag, sensors]) => el("li", {}, foreign(tag, 120), ": ", namesOf(sensors.map((i) => data.sensors[i]), data.sensors)));
  const passed = data.passed.filter(([at]) => at === step).flatMap(([, zones]) => zones);
  const [lat, lon] = data.way.has_positions ? placeAt(step) : [NaN, NaN];
  const place = `${lat.toFixed(5)}, ${((((lon + 180) % 360) + 360) % 360 - 180).toFixed(5)}`;
  box.replaceChildren(...[
    el("p", { class: "moment" }, el("strong", {}, momentText(secondsAt(step))), ` · ${stepText(step)}`),
    el("p", {}, el("span", { class: `sure ${answer.certainty}` }, answer.certainty), ` · ${CERTAIN[answer.certainty]}`),
    levelList(data.sensors, answer.levels),
    answer.reasons.length ? el("p", {}, "Because: ", answer.reasons.map(reasonText).join("; ")) : null,
    tags.length ? el("ul", { class: "tags" }, ...tags) : null,
    answer.causes.length ? el("ul", { class: "causes" }, ...answer.causes.slice(0, 12).map(causeItem)) : el("p", { class: "faint" }, "No zone applies."),
    answer.causes.length > 12 ? el("p", { class: "faint" }, `and ${answer.causes.length - 12} rules more`) : null,
    passed.length ? el("p", {}, "Passed since the fix before: ", ...passed.flatMap((zone) => [zoneButton(zone), " "])) : null,
    data.way.has_positions ? el("p", { class: "faint" }, isLost(step) ? `last known at ${place}` : `at ${place}`) : null,
  ].filter((part) => part !== null));
}

export function startPanel() {
  follow((changed) => { if (changed.has("step") || changed.has("zone")) show(); });
  show();
}

// What a lane says of a sensor in one run, for hints.
export function laneText(step, sensor) {
  const { level, tags, zones } = askedOf(data.runAnswers[runAt(step)], sensor);
  const names = zones.slice(0, 3).map((zone) => data.zones[zone].title).join(", ");
  const more = zones.length > 3 ? ` and ${zones.length - 3} more` : "";
  return [`${data.sensors[sensor]}: ${LEVEL_NAMES[level]}`, ...tags, names ? `by ${names}${more}` : ""].filter(Boolean).join(" · ");
}
