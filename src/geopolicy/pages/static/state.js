// What is looked at: one place that map, timeline and lists follow.
import { count } from "./data.js";

const listeners = [];
export const state = { step: 0, hover: null, zone: null, hoverZone: null, sensor: null, playing: false };

export function follow(listener) {
  listeners.push(listener);
}

export function look(changes) {
  if ("step" in changes) changes.step = Math.max(0, Math.min(count - 1, Math.round(changes.step)));
  const changed = new Set(Object.keys(changes).filter((name) => state[name] !== changes[name]));
  if (!changed.size) return;
  Object.assign(state, changes);
  for (const listener of listeners) listener(changed);
}
