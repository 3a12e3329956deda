import { fork } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { createRecords } from "../../../sdk/records/sealed.js";
import { Place, inputFor, newReader, openerOf } from "./fixtures.js";

const child = fileURLToPath(new URL("./erasure.child.ts", import.meta.url));
const rounds = 30;
const records = 600;

/** Runs the erasing process and kills it after so many erasures it reported; resolves to those it reported. */
async function eraseAndKill(place: Place, list: string, after: number): Promise<string[]> {
  const reported: string[] = [];
  const eraser = fork(child, [place.store, place.journal, list], { execArgv: ["--import", "tsx"], stdio: "ignore" });
  eraser.on("message", (message: string) => {
    if (message.startsWith("0x")) reported.push(message);
    if (reported.length >= after || message === "done") eraser.kill("SIGKILL");
  });
  await new Promise((resolve) => eraser.once("exit", resolve));
  return reported;
}

describe("erasure under SIGKILL", () => {
  it(`R8: killed ${rounds} times while erasing, every record is whole or gone, and what was acknowledged is gone`, async function () {
    this.timeout(300_000);
    const place = await Place.make();
    const reader = await newReader("office");
    let keys = await place.open();
    const inputs = Array.from({ length: records }, () => inputFor([reader]));
    const sealed = await Array.fromAsync(createRecords(keys, inputs));
    const wrapped = new Map(sealed.map(({ leafHash }) => [toHex(leafHash), keys.grantFor(leafHash, "office").wrapped]));
    await keys.close();
    const list = join(place.root, "list.json");
    await writeFile(list, JSON.stringify([...wrapped.keys()]));
    const acknowledged = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      for (const record of await eraseAndKill(place, list, 1 + ((round * 7) % 23))) acknowledged.add(record);
      keys = await place.open();
      const slots = await readFile(join(place.store, "keys.slots"));
      let gone = 0;
      for (const { leafHash, entry, attachment } of sealed) {
        const id = toHex(leafHash);
        const onDisk = slots.includes(Buffer.from(wrapped.get(id)!));
        if (keys.isErased(leafHash) === undefined) {
          expect(acknowledged.has(id), `${id} was acknowledged`).to.equal(false);
          expect(onDisk, id).to.equal(true);
          if ((round + gone) % 10 === 0) await openerOf(keys, reader).open(entry, attachment);
        } else {
          gone += 1;
          expect(onDisk, id).to.equal(false);
          expect(() => keys.grantFor(leafHash, "office")).to.throw(SteleError, "was erased");
        }
      }
      expect(gone).to.be.at.least(acknowledged.size).and.to.equal(keys.journalHead.count);
      await keys.close();
    }
    expect(acknowledged.size).to.be.greaterThan(rounds);
    await place.remove();
  });
});
