// Asks src/geopolicy/pack/lookup.js: lines of a pack, a latitude and a longitude, parted by tabs, come in; for each the
// numbers of the owners that cover the position go out, "none", or "no position", then a tab and "known" or "unknown".
// SPDX-License-Identifier: Apache-2.0
"use strict";

const fs = require("fs");
const path = require("path");
const { openPack, ownersAt, isKnown } = require(path.join(__dirname, "../../src/geopolicy/pack/lookup.js"));

const packs = new Map();
const answers = [];
for (const line of fs.readFileSync(0, "utf8").split("\n")) {
  if (line === "") continue;
  const [name, lat, lon] = line.split("\t");
  if (!packs.has(name)) packs.set(name, openPack(new Uint8Array(fs.readFileSync(name))));
  const pack = packs.get(name);
  const owners = ownersAt(pack, Number(lat), Number(lon));
  if (owners === null) answers.push("no position\tunknown");
  else answers.push(`${owners.join(",") || "none"}\t${isKnown(pack, owners) ? "known" : "unknown"}`);
}
process.stdout.write(answers.map((answer) => answer + "\n").join(""));
