import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { id } from "ethers";

import type { Hex } from "../../../../sdk/common/bytes.js";
import type { Person } from "../../../../sdk/rewards/roster/person.js";

export const key = new Uint8Array(32).fill(7);

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "stele-roster-"));
}

/** Person number n of unit n % 3. */
export function personOf(n: number, rest: Partial<Person> = {}): Person {
  return {
    staffNumber: `S${n}`,
    name: `Person ${n}`,
    unit: `Unit ${n % 3}`,
    subject: id(`subject ${n}`) as Hex,
    account: `0x${id(`account ${n}`).slice(26)}`,
    domain: id("personnel") as Hex,
    opening: id(`opening ${n}`) as Hex,
    held: false,
    ...rest,
  };
}
