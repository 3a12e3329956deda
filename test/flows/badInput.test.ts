import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";

import { expect } from "chai";

import { bookRows } from "./badInput/books.js";
import { chainRows } from "./badInput/chain.js";
import { csvRows } from "./badInput/csv.js";
import { folderRows } from "./badInput/folders.js";
import { lineRows } from "./badInput/lines.js";
import { networkRows } from "./badInput/networks.js";
import { peopleRows } from "./badInput/people.js";
import { proofRows } from "./badInput/proofs.js";
import { steleIn } from "./badInput/program.js";
import type { Row } from "./badInput/row.js";
import { copyOf, openSetting, stateOf, type Setting } from "./badInput/setting.js";
import { usageRows } from "./badInput/usage.js";

const tables: Readonly<Record<string, readonly Row[]>> = {
  NDJSON: lineRows,
  CSV: csvRows,
  "a department's people": peopleRows,
  "a folder": folderRows,
  "a log's folder": bookRows,
  "a proof or a presented record": proofRows,
  "a network, deployment or key": networkRows,
  "what the chain does not allow": chainRows,
  "a command line": usageRows,
};

describe("bad input is refused with one sentence, and changes nothing:", function () {
  this.timeout(60_000);
  let setting: Setting;
  before(async () => {
    setting = await openSetting();
  });
  after(() => setting.close());

  for (const [what, rows] of Object.entries(tables)) {
    describe(what, () => {
      for (const row of rows) it(row.name, () => refuses(row, setting));
    });
  }

  it("in more than a hundred ways", () => {
    expect(Object.values(tables).flat().length).to.be.greaterThan(100);
  });
});

async function refuses(row: Row, setting: Setting): Promise<void> {
  const folder = await copyOf(setting);
  let undo: unknown;
  try {
    for (const [name, content] of Object.entries(row.files ?? {})) await writeFile(join(folder, name), content);
    undo = await row.prepare?.(folder, setting);
    const [before, block] = [await stateOf(folder), await setting.blockNumber()];
    const argv = typeof row.argv === "function" ? row.argv(setting) : row.argv;
    const { stdin, env } = row;
    const given = { ...(stdin === undefined ? {} : { stdin }), ...(env === undefined ? {} : { env }) };
    const program = () => steleIn(folder, argv, given);
    const ended = await (row.unprivileged === true ? asNobody(program) : program());
    expect(ended.err).to.match(/^stele: [^\n]+\n$/);
    const sentence = ended.err.slice("stele: ".length, -1);
    if (typeof row.says === "string") expect(sentence).to.equal(row.says);
    else expect(sentence).to.match(row.says);
    expect(ended.out, "standard output").to.equal("");
    expect(ended.code, "exit code").to.equal(row.code ?? 1);
    expect(await stateOf(folder), "the folder changed").to.equal(before);
    expect(await setting.blockNumber(), "the chain changed").to.equal(block);
  } finally {
    if (typeof undo === "function") await (undo as () => unknown)();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lays a superuser's rights down for a while: to root every file is readable. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
