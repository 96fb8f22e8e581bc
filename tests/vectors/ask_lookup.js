// Asks src/geopolicy/pack/lookup.js: lines of a pack, a latitude and a longitude, parted by tabs, come in; for each the
// numbers of the owners that cover the position go out, "none", or "no position", then a tab and "known" or "unknown";
// or "refused", a tab and why. For a frame, GCJ-02 or BD-09, instead of a pack it is the latitude and longitude there.
// SPDX-License-Identifier: Apache-2.0
"use strict";

const fs = require("fs");
const path = require("path");
const { openPack, ownersAt, isKnown, forward } = require(path.join(__dirname, "../../src/geopolicy/pack/lookup.js"));

const packs = new Map();

const FRAMES = ["WGS84", "GCJ-02", "BD-09"];

function ask(name, lat, lon) {
  if (FRAMES.includes(name)) return forward(FRAMES.indexOf(name), Number(lat), Number(lon)).join("\t");
  if (!packs.has(name)) packs.set(name, openPack(new Uint8Array(fs.readFileSync(name))));
  const pack = packs.get(name);
  const owners = ownersAt(pack, Number(lat), Number(lon));
  if (owners === null) return "no position\tunknown";
  return `${owners.join(",") || "none"}\t${isKnown(pack, owners) ? "known" : "unknown"}`;
}

const answers = [];
for (const line of fs.readFileSync(0, "utf8").split("\n").filter((text) => text !== "")) {
  try {
    answers.push(ask(...line.split("\t")));
  } catch (error) {
    answers.push(`refused\t${error.message}`);
  }
}
process.stdout.write(answers.map((answer) => answer + "\n").join(""));
