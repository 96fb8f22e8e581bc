// Answers as the page of zones does, without a browser: the modules that look up and join, as they stand in the page.
// Its argument is their text. Each line of standard input is a question: { data } opens another page, { ask: [[lat, lon,
// circumstances], ...] } is answered by a line with the decisions there.
"use strict";

const fs = require("fs");
const readline = require("readline");
const script = fs.readFileSync(process.argv[2], "utf8");
let modules = null;

function open(data) {
  const elements = { data: { textContent: JSON.stringify(data) } };
  const document = { getElementById: (id) => elements[id] };
  modules = new Function("document", "window", `${script}\nreturn { ...module_zones_data, ...module_joining };`)(document, {});
  return "open";
}

function answer([lat, lon, { edition: number = -1, ...circumstances }]) {
  const edition = modules.data.editions.at(number), found = modules.answerAt(edition, lat, lon, circumstances);
  const { zones, causes } = found;
  return { ...found, zones: zones.map((each) => edition.zones[each].id), causes: causes.map((cause) => modules.causeText(edition, circumstances.vehicle, cause)) };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { data, ask } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(data ? open(data) : ask.map(answer))}\n`);
});
