// Dark and light; colours as the style sheet has them, and patterns, so that no level is told by colour alone.
import { byId } from "./dom.js";

const CHOICES = ["system", "light", "dark"];
const redraws = [];
let choice = 0;
let colours = null;
const patterns = new Map();

export const onTheme = (redraw) => redraws.push(redraw);

function refresh() {
  colours = null;
  patterns.clear();
  for (const redraw of redraws) redraw();
}

export function colour(name) {
  colours ??= getComputedStyle(document.documentElement);
  return colours.getPropertyValue(`--${name}`).trim();
}

export const levelColour = (level) => colour(level < 0 ? "nothing" : `level-${level}`);

function stroke(context, lines) {
  context.beginPath();
  for (const [x0, y0, x1, y1] of lines) { context.moveTo(x0, y0); context.lineTo(x1, y1); }
  context.stroke();
}

const RISING = [[-2, 10, 10, -2], [-2, 2, 2, -2], [6, 10, 10, 6]];
const FALLING = [[-2, -2, 10, 10], [6, -2, 10, 2], [-2, 6, 2, 10]];
const LINES = { outside: [[0, 8, 8, 0]], 4: [...RISING, ...FALLING], 3: RISING, 2: [[0, 4, 8, 4]], 1: [], 0: [], "-1": [] };

// A fill for a canvas: a wash of the colour with crossed, slanted or level lines, or dots.
export function pattern(level) {
  if (!patterns.has(level)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const context = tile.getContext("2d");
    context.fillStyle = context.strokeStyle = level === "outside" ? colour("grid-text") : levelColour(level);
    context.globalAlpha = level > 0 ? 0.16 : 0.04; // what restricts nothing by a level must not cover what does
    context.fillRect(0, 0, 8, 8);
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    stroke(context, LINES[level]);
    if (level === 1) { context.beginPath(); context.arc(4, 4, 1.2, 0, 7); context.fill(); }
    patterns.set(level, context.createPattern(tile, "repeat"));
  }
  return patterns.get(level);
}

export function startTheme() {
  const button = byId("theme");
  button.addEventListener("click", () => {
    choice = (choice + 1) % CHOICES.length;
    setTheme(CHOICES[choice]);
    button.textContent = `Colours: ${CHOICES[choice]}`;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
}

function setTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  refresh();
}

// Paper is light, whatever the screen is.
export function paper(isPaper) {
  document.documentElement.classList.toggle("paper", isPaper);
  setTheme(isPaper ? "light" : CHOICES[choice]);
}
