import { expect } from "chai";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { startAnvil, type Node } from "../../support/anvil.js";
import { minedBy, temporaryFolder } from "../../support/chain.js";
import { faults, seeded, startProxy, type Proxy } from "../../support/proxy.js";

const program = fileURLToPath(new URL("../../support/sending.ts", import.meta.url));
const rounds = 60;
const each = 12;

describe("Sender under kills and a bad line", function () {
  this.timeout(600_000);
  let node: Node;
  let proxy: Proxy;
  let folder: string;
  let remove: () => Promise<void>;
  const seed = Number(process.env["STELE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  const random = seeded(seed);

  beforeEach(async function () {
    node = await startAnvil();
    ({ folder, remove } = await temporaryFolder());
    proxy = await startProxy(node.url);
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") console.log(`    seed: STELE_SEED=${seed}`);
    await proxy.stop();
    await node.stop();
    await remove();
  });

  /** Runs the sending process; kills it when the node has seen so many requests (never for `undefined`). */
  async function run(first: number, killAt: number | undefined): Promise<string[]> {
    const child = spawn(process.execPath, ["--import", "tsx", program, proxy.url, folder, `${first}`, `${each}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const done: string[] = [];
    createInterface(child.stdout).on("line", (line) => {
      if (line.startsWith("done")) done.push(line.slice(5));
    });
    let left = killAt;
    proxy.choose = () => {
      if (left !== undefined && left-- === 0) child.kill("SIGKILL");
      return random() < 0.15 ? faults[Math.floor(random() * faults.length)]! : "none";
    };
    const code = await ended;
    if (killAt === undefined) expect(code, "the last run ends by itself").to.equal(0);
    return done;
  }

  it(`CHAIN-1: acts exactly once for each intent, killed at any point of ${rounds} runs`, async function () {
    let kills = 0;
    for (let round = 0; round < rounds; round++) {
      // A run makes about 5 requests an intent; the kill falls anywhere among them, or after the end.
      const first = Math.floor(round / 3) * each;
      const last = round % 3 === 2;
      const done = await run(first, last ? undefined : Math.floor(random() * 5 * each));
      if (!last && done.length < each) kills++;
    }
    const expected = Array.from({ length: (rounds / 3) * each }, (_, tag) => `0x${tag.toString(16).padStart(8, "0")}`);
    const mined = await minedBy(node, node.account(0).address);
    expect(mined.map(({ input }) => input).toSorted()).to.deep.equal(expected);
    expect(mined.map(({ nonce }) => nonce)).to.deep.equal(expected.map((_, nonce) => nonce));
    console.log(`      ${kills} kills before the end, ${expected.length} intents`);
    expect(kills).to.be.greaterThan(rounds / 4);
  });
});
