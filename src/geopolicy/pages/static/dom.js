// Elements and texts. Texts of others come into the page here, and only as text.

export const byId = (id) => document.getElementById(id);

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// What hides letters or turns their order; on a canvas nothing isolates it.
const TURNING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function plain(text, most = 60) {
  const letters = Array.from(String(text).slice(0, 4 * most).replace(TURNING, ""));
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : letters.join("");
}

// A text of others, kept to itself: its direction and its length change nothing around it.
export const foreign = (text, most = 60) => el("bdi", {}, plain(text, most));

export function lengthText(metres) {
  return metres >= 1000 ? `${(metres / 1000).toFixed(metres >= 100000 ? 0 : 2)} km` : `${Math.round(metres)} m`;
}

export function durationText(seconds) {
  const all = Math.round(seconds), h = Math.floor(all / 3600), m = Math.floor(all / 60) % 60, s = all % 60;
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const countText = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
