import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import type { Dataset } from "../../../sdk/audit/datasets/dataset.js";
import { encryptDataset } from "../../../sdk/audit/datasets/encrypt.js";
import { serveDatasets } from "../../../sdk/audit/datasets/serve.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";
import { flip, plainOf } from "../../support/datasets.js";
import { temporaryFolders } from "../../support/folders.js";
import { oneFile } from "../../support/oneFile.js";

const kills = 30;
const mebibytes = 96;

describe("a restore that is killed at random moments", function () {
  this.timeout(300_000);
  const folders = temporaryFolders();
  let restorer: string;
  let dataset: Dataset;
  let mirror: DatasetStore;

  before(async () => {
    restorer = oneFile(join(import.meta.dirname, "restorer.ts"), folders());
    mirror = await DatasetStore.open(folders());
    const piece = plainOf(1 << 20);
    async function* plain() {
      for (let i = 0; i < mebibytes; i++) yield piece;
    }
    const staged = mirror.stage();
    await encryptDataset(plain(), staged, { mediaType: "application/octet-stream" });
    dataset = await mirror.adopt(staged);
  });

  /** Runs the restorer; kills it at a random moment, if asked to. */
  async function run(into: string, sources: readonly string[], within?: number) {
    const argv = [restorer, dataset.description.root, into, ...sources];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
    let [done, errors] = ["", ""];
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("done")) done = line;
      // A random moment is what is wanted here; nothing depends on how long it is.
      if (line === "begin" && within !== undefined)
        void setTimeout(Math.random() * within).then(() => child.kill("SIGKILL"));
    }
    const [code, signal] = (await ended) as [number | null, string | null];
    if (signal === null && code !== 0) throw new Error(errors);
    const [kept, fetched] = done.split(" ").slice(1).map(Number);
    return { killed: signal === "SIGKILL", kept, fetched };
  }

  it("DS4: ends with the same bytes when it is called again, also with a lying mirror among its sources", async () => {
    const liar = await DatasetStore.open(folders());
    cpSync(mirror.folder, liar.folder, { recursive: true });
    const { root, chunks } = dataset.description;
    const wrong = await liar.get(root);
    for (let i = 1; i <= 40; i++) flip(wrong.file, i * 2_345_678);
    const served = await serveDatasets(liar);
    const sources = [served.url, mirror.folder];
    try {
      const begin = performance.now();
      await run(folders(), sources);
      const within = 0.8 * (performance.now() - begin);
      let [killed, resumed, whole] = [0, 0, 0];
      // However quick the machine is: once more from nothing for as long as there were too few kills.
      while (killed < kills) {
        const into = folders();
        let last = await run(into, sources, within);
        while (last.killed) {
          killed++;
          last = await run(into, sources, killed < kills ? within : undefined);
        }
        const restored = await (await DatasetStore.open(into)).get(root);
        await restored.verify();
        expect(await sameFiles(restored.file, dataset.file)).to.equal(true);
        expect(BigInt(last.kept! + last.fetched!)).to.equal(chunks);
        if (last.kept! > 0) resumed++;
        whole++;
        rmSync(into, { recursive: true });
      }
      console.log(
        `      ${killed} kills in ${whole} restores of ${mebibytes} MiB, ${resumed} of which had chunks to keep`,
      );
    } finally {
      await served.close();
    }
  });
});

async function sameFiles(one: string, other: string): Promise<boolean> {
  const others = createReadStream(other)[Symbol.asyncIterator]();
  for await (const piece of createReadStream(one)) {
    const { value } = (await others.next()) as { value?: Buffer };
    if (value === undefined || !value.equals(piece as Buffer)) return false;
  }
  return (await others.next()).done === true;
}
