// One lane for each sensor, one for how sure the answer is; and the hand that plays the drive.
import { byId, el, plain } from "./dom.js";
import { answerAt, CERTAINTIES, count, data, intervalsOf, lastSecond, momentText, runAt, secondsAt, stepAtSeconds } from "./data.js";
import { follow, look, state } from "./state.js";
import { LEVEL_NAMES } from "./levels.js";
import { colour, levelColour, onTheme } from "./theme.js";
import { laneText, momentLine, reasonText, stepText } from "./panel.js";

const ROW = 20, HEAD = 22, GAP = 4;
const HEIGHTS = [2, 6, 10, 13, 16]; // of the bars by level: tighter is higher, so that no level is told by colour alone
const TAGS_HEIGHT = 4;
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
const PLAYED_IN_S = 30;

let canvas, context, width = 0, left = 150;
let view = [0, 1];
let lanes = [];
let runSeconds;

const span = () => view[1] - view[0];
const xOf = (seconds) => left + ((seconds - view[0]) / span()) * (width - left - 6);
const secondsOf = (x) => view[0] + ((x - left) / (width - left - 6)) * span();

// For each pixel the tightest that holds anywhere in it: nothing restricted is too short to be seen.
function filled(intervals, valueOf) {
  const values = new Int8Array(Math.max(1, width)).fill(-1);
  for (const interval of intervals) {
    const x0 = Math.max(left, Math.floor(xOf(interval.from))), x1 = Math.min(width - 6, Math.max(x0 + 1, Math.round(xOf(interval.to))));
    if (x1 < left || x0 > width - 6) continue;
    const value = valueOf(interval);
    for (let x = x0; x < x1; x += 1) if (values[x] < value) values[x] = value;
  }
  return values;
}

function drawRuns(values, draw) {
  let start = left;
  for (let x = left; x <= width - 6; x += 1) {
    if (x < width - 6 && values[x] === values[start]) continue;
    if (values[start] >= 0) draw(start, x - start, values[start]);
    start = x;
  }
}

const withTimes = (interval) => ({ ...interval, from: secondsAt(interval.start), to: secondsAt(interval.end) });
const laneTop = (row) => HEAD + row * ROW;

function laneName(text, row, isChosen) {
  context.fillStyle = colour(isChosen ? "ink" : "faint");
  context.font = `${isChosen ? "600 " : ""}12px system-ui, sans-serif`;
  context.textBaseline = "middle";
  let name = plain(text, 60);
  while (name.length > 3 && context.measureText(name).width > left - 12) name = `${name.slice(0, -2)}…`;
  context.fillText(name, 4, laneTop(row) + ROW / 2);
}

function barText(text, x, y, length, ink) {
  context.font = "10.5px system-ui, sans-serif";
  if (context.measureText(text).width + 8 > length) return;
  context.fillStyle = ink;
  context.textBaseline = "middle";
  context.fillText(text, x + 4, y);
}

function dotted(x, length, top, height) {
  context.fillStyle = colour("card"); // on paper what clears would be white over all that was drawn
  for (let dot = x; dot + 4 < x + length; dot += 6) context.fillRect(dot + 4, top, Math.min(2, x + length - dot - 4), height);
}

function drawLane({ sensor, intervals }, row) {
  const bottom = laneTop(row) + ROW - 2;
  // Twice a level, and one more where tags are asked beside it.
  const values = filled(intervals, ({ level, tags }) => 2 * level + (tags.length ? 1 : 0));
  drawRuns(values, (x, length, value) => {
    const level = value >> 1, hasTags = value & 1;
    const height = Math.max(HEIGHTS[level], level === 0 && hasTags ? TAGS_HEIGHT : 0);
    context.fillStyle = levelColour(level);
    context.fillRect(x, bottom - height, length, height);
    if (level === 0 && hasTags) dotted(x, length, bottom - height, height);
    if (level >= 3) barText(LEVEL_NAMES[level], x, bottom - height / 2, length, colour("on-level"));
  });
  laneName(data.sensors[sensor], row, state.sensor === sensor);
}

function drawSure() {
  const values = filled(lanes.sure, ({ rank }) => rank), bottom = laneTop(0) + ROW - 2;
  drawRuns(values, (x, length, rank) => {
    const height = [2, 8, 16][rank];
    context.fillStyle = colour(`sure-${rank}`);
    context.fillRect(x, bottom - height, length, height);
    if (rank === 2) barText("unknown", x, bottom - 8, length, colour("on-level"));
  });
  laneName("how sure", 0, false);
}

function drawZone(row) {
  const zone = data.zones[state.zone], bottom = laneTop(row) + ROW - 2;
  const held = lanes.runs.filter(({ answer }) => answer.zones.includes(zone.number));
  drawRuns(filled(held, () => 0), (x, length) => {
    context.fillStyle = colour("ink");
    context.fillRect(x, bottom - 10, length, 10);
  });
  laneName(zone.title, row, true);
}

function drawTicks(height) {
  const least = (span() / (width - left)) * 90;
  const step = TICKS.find((each) => each >= least) ?? Math.ceil(least / 86400) * 86400;
  const offset = data.way.began === null ? 0 : (data.way.began / 1000) % step;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "alphabetic";
  for (let seconds = Math.ceil((view[0] + offset) / step) * step - offset; seconds <= view[1]; seconds += step) {
    const x = Math.round(xOf(seconds)) + 0.5;
    context.strokeStyle = colour("line");
    context.beginPath(); context.moveTo(x, HEAD - 6); context.lineTo(x, height); context.stroke();
    context.fillStyle = colour("faint");
    const text = momentText(seconds, true);
    if (x + context.measureText(text).width + 4 < width) context.fillText(text, x + 3, 12);
  }
}

function drawHand(step, name, height) {
  const x = Math.round(xOf(secondsAt(step))) + 0.5;
  if (x < left || x > width) return;
  context.strokeStyle = colour(name);
  context.lineWidth = name === "ink" ? 2 : 1;
  context.beginPath(); context.moveTo(x, HEAD - 8); context.lineTo(x, height); context.stroke();
  context.lineWidth = 1;
}

let isDrawn = true;
export function drawTimeline() {
  isDrawn = true;
  if (!count) return;
  const box = byId("lanes"), ratio = window.devicePixelRatio || 1;
  width = Math.floor(box.clientWidth);
  left = width < 520 ? 96 : 160;
  const rows = 1 + lanes.sensors.length + (state.zone === null ? 0 : 1), height = laneTop(rows) + GAP;
  canvas.width = width * ratio; canvas.height = height * ratio;
  canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
  context.scale(ratio, ratio);
  drawTicks(height);
  drawSure();
  lanes.sensors.forEach((lane, i) => drawLane(lane, i + 1));
  if (state.zone !== null) drawZone(rows - 1);
  if (state.hover !== null) drawHand(state.hover, "faint", height);
  drawHand(state.step, "ink", height);
}

function drawSoon() {
  if (isDrawn) requestAnimationFrame(drawTimeline);
  isDrawn = false;
}

function zoom(factor, middle = secondsAt(state.step)) {
  const length = Math.min(lastSecond || 1, Math.max(lastSecond / 20000, span() * factor, 2));
  const from = Math.max(0, Math.min((lastSecond || 1) - length, middle - ((middle - view[0]) / span()) * length));
  view = [from, from + length];
  drawSoon();
}

function keepInView() {
  const now = secondsAt(state.step);
  if (now >= view[0] && now <= view[1]) return;
  const length = span(), from = Math.max(0, Math.min(lastSecond - length, now - length / 10));
  view = [from, from + length];
}

export function nextChange(step, direction) {
  const run = runAt(step);
  if (direction > 0) return run + 1 < data.runStarts.length ? data.runStarts[run + 1] : count - 1;
  return data.runStarts[run] < step ? data.runStarts[run] : data.runStarts[Math.max(0, run - 1)];
}

function listenToPointer() {
  const tip = byId("tip");
  const at = (event) => ({ x: event.offsetX, row: Math.floor((event.offsetY - HEAD) / ROW) });
  const step = (x) => stepAtSeconds(Math.max(0, Math.min(lastSecond, secondsOf(Math.max(left, x)))));
  const scrub = (event) => look({ step: step(at(event).x), playing: false });
  canvas.addEventListener("pointerdown", (event) => {
    const { x, row } = at(event);
    if (x < left && row >= 1 && row <= data.sensors.length) { chooseSensor(row - 1); return; }
    canvas.setPointerCapture(event.pointerId);
    scrub(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    const { x, row } = at(event);
    if (event.buttons) scrub(event);
    const hover = step(x), sensor = row - 1;
    look({ hover });
    const reasons = answerAt(hover).reasons.map(reasonText).join("; ");
    const isLane = sensor >= 0 && sensor < data.sensors.length;
    tip.replaceChildren(el("strong", {}, momentLine(hover)), ...(isLane ? [el("div", {}, laneText(hover, sensor))] : []), el("div", { class: "faint" }, reasons));
    tip.hidden = false;
    tip.style.left = `${Math.max(0, Math.min(x + 12, width - 260))}px`;
    tip.style.top = `${canvas.offsetTop + event.offsetY + 16}px`;
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; look({ hover: null }); });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // alone it scrolls the page
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, secondsOf(at(event).x));
  }, { passive: false });
}

function chooseSensor(sensor) {
  look({ sensor: state.sensor === sensor ? null : sensor });
}

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const inText = event.target.matches?.("input[type=search], select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { look({ zone: null }); return; }
    if (inText) return;
    if (event.key === "/") { event.preventDefault(); byId("search").focus(); return; }
    if (event.key === " " && !event.target.matches?.("button, summary, input[type=checkbox], a")) { event.preventDefault(); play(!state.playing); return; }
    if (event.target.closest?.("#map")) return; // where arrows move the map
    const isForward = event.key === "ArrowRight", isBack = event.key === "ArrowLeft";
    if (!isForward && !isBack) return;
    event.preventDefault();
    const direction = isForward ? 1 : -1;
    look({ step: event.shiftKey ? nextChange(state.step, direction) : state.step + direction, playing: false });
  });
}

let lastFrame = 0, atSeconds = 0;
function frame(now) {
  if (!state.playing) return;
  atSeconds += ((now - lastFrame) / 1000) * Number(byId("speed").value);
  lastFrame = now;
  look({ step: stepAtSeconds(Math.min(atSeconds, lastSecond)) });
  if (atSeconds >= lastSecond) look({ playing: false });
  else requestAnimationFrame(frame);
}

function play(isPlaying) {
  if (isPlaying && state.step >= count - 1) look({ step: 0 });
  atSeconds = secondsAt(state.step);
  lastFrame = performance.now();
  look({ playing: isPlaying });
  if (isPlaying) requestAnimationFrame(frame);
}

function startControls() {
  const speed = byId("speed"), whole = Math.max(1, Math.round(lastSecond / PLAYED_IN_S));
  const word = data.way.is_time ? "×" : " fixes/s";
  for (const value of [...new Set([1, 10, 60, whole])].sort((a, b) => a - b)) speed.append(el("option", { value: String(value) }, `${value}${word}`));
  speed.value = String(whole);
  const sensor = byId("sensor");
  sensor.append(el("option", { value: "" }, "the tightest sensor"), ...data.sensors.map((name, i) => el("option", { value: String(i) }, plain(name))));
  sensor.addEventListener("change", () => look({ sensor: sensor.value === "" ? null : Number(sensor.value) }));
  byId("play").addEventListener("click", () => play(!state.playing));
  byId("back").addEventListener("click", () => look({ step: nextChange(state.step, -1), playing: false }));
  byId("forward").addEventListener("click", () => look({ step: nextChange(state.step, 1), playing: false }));
  byId("time-in").addEventListener("click", () => zoom(0.5));
  byId("time-out").addEventListener("click", () => zoom(2));
  byId("time-all").addEventListener("click", () => { view = [0, lastSecond || 1]; drawSoon(); });
  const scrub = byId("scrub");
  scrub.max = String(Math.max(0, count - 1));
  scrub.addEventListener("input", () => look({ step: Number(scrub.value), playing: false }));
}

function showMomentOnControls() {
  const scrub = byId("scrub");
  scrub.value = String(state.step);
  scrub.setAttribute("aria-valuetext", `${momentLine(state.step)}; ${stepText(state.step)}`);
}

export function startTimeline() {
  canvas = byId("lanes").querySelector("canvas");
  context = canvas.getContext("2d");
  view = [0, lastSecond || 1];
  runSeconds = Float64Array.from(data.runStarts, secondsAt);
  const runs = data.runs.map(([start, number], i) => ({
    start, answer: data.answers[number], rank: CERTAINTIES.indexOf(data.answers[number].certainty),
    from: runSeconds[i], to: i + 1 < runSeconds.length ? runSeconds[i + 1] : lastSecond,
  }));
  lanes = { sure: runs, runs, sensors: data.sensors.map((_, sensor) => ({ sensor, intervals: intervalsOf(sensor).map(withTimes) })) };
  if (!count) return;
  startControls();
  listenToPointer();
  listenToKeys();
  showMomentOnControls();
  onTheme(drawSoon);
  new ResizeObserver(drawSoon).observe(byId("lanes"));
  follow((changed) => {
    if (changed.has("step")) { keepInView(); showMomentOnControls(); }
    if (changed.has("playing")) {
      byId("play").textContent = state.playing ? "❚❚" : "▶";
      byId("play").setAttribute("aria-label", state.playing ? "Pause (space)" : "Play (space)");
    }
    if (changed.has("sensor")) byId("sensor").value = state.sensor === null ? "" : String(state.sensor);
    drawSoon();
  });
  drawTimeline();
}

export const theLanes = () => lanes;
