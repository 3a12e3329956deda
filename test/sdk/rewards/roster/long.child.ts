/** A roster of as many people as the second argument says: added, found, gone through. Run by long.slow.ts. */
import process from "node:process";

import { id } from "ethers";

import { toHex, type Hex } from "../../../../sdk/common/bytes.js";
import { randomBytes } from "../../../../sdk/common/random.js";
import type { Person } from "../../../../sdk/rewards/roster/person.js";
import { Roster } from "../../../../sdk/rewards/roster/roster.js";
import { key } from "./fixtures.js";

const [folder = "", count = "0"] = process.argv.slice(2);
const people = Number(count);
const domain = id("personnel") as Hex;
let most = 0;
const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));

function* everybody(): Generator<Person> {
  for (let n = 0; n < people; n++) {
    if (n % 10_000 === 0) look();
    const [subject, opening, account] = [32, 32, 20].map((length) => toHex(randomBytes(length))) as [Hex, Hex, Hex];
    yield {
      staffNumber: `S${n}`,
      name: `人员 ${n}`,
      unit: `Unit ${n % 30}`,
      subject,
      account,
      domain,
      opening,
      held: false,
    };
  }
}

const roster = await Roster.create(folder, key);
const before = process.memoryUsage.rss();
const started = performance.now();
await roster.add(everybody());
const added = performance.now();
for (let n = 0; n < 1_000; n++) roster.require(`S${(n * 7_919) % people}`);
const found = performance.now();
let seen = 0;
for await (const _ of roster.people()) if (++seen % 10_000 === 0) look();
const ended = performance.now();
roster.close();
const seconds = (from: number, to: number): number => Math.round((to - from) / 100) / 10;
console.log(
  JSON.stringify({
    seen,
    growth: Math.round((most - before) / 2 ** 20),
    add: seconds(started, added),
    thousandFound: seconds(added, found),
    all: seconds(found, ended),
  }),
);
