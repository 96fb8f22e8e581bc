// What is looked at: one place that map, timeline and lists follow.

const listeners = [];
let tidied = (changes) => changes;
export const state = { zone: null, hoverZone: null, fit: null };

export function follow(listener) {
  listeners.push(listener);
}

// What a page looks at beside zones, and what becomes of changes before they count.
export function begin(initial, tidy = tidied) {
  Object.assign(state, initial);
  tidied = tidy;
}

export function look(changes) {
  const wanted = tidied(changes);
  const changed = new Set(Object.keys(wanted).filter((name) => state[name] !== wanted[name]));
  if (!changed.size) return;
  Object.assign(state, wanted);
  for (const listener of listeners) listener(changed);
}
