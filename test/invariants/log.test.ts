import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";

import { FOREVER } from "../support/authority.js";
import { testContract } from "../support/compile.js";
import { Capability, deployLogs, TestTree } from "../support/logs.js";
import { acts, type Attempt, anyAttempt, LogWorld, NONE, type Seen } from "../support/logWorld.js";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const [OPEN, FROZEN] = [1n, 2n];

async function world() {
  return LogWorld.open(await deployLogs(ethers), time);
}

async function bursty() {
  const suite = await deployLogs(ethers);
  const log = await suite.openLog("books", await suite.publish({ policy: { burst: 50n, rate: 1n } }));
  const puppet = (await (await testContract("Puppet", suite.signers.admin)).deploy()) as Contract;
  const { members, people } = suite;
  await members.connect(people.owner.administrator).nameDelegate(puppet, Capability.LOG_OWNER, FOREVER);
  const accept = members.interface.encodeFunctionData("acceptDelegation", [people.owner.id]);
  await puppet.getFunction("act")(await members.getAddress(), accept);
  return { ...suite, log, puppet };
}

describe("Invariants of LogRegistry", () => {
  it("L3: a hundred steps in one transaction grow no more than one", async () => {
    const { registry, log, puppet } = await networkHelpers.loadFixture(bursty);
    const tree = new TestTree();
    const steps = Array.from({ length: 100 }, (_, i) => {
      const [from, to] = [BigInt(i), BigInt(i + 1)];
      const proof = tree.consistency(from, to);
      return registry.interface.encodeFunctionData("advance", [log.id, from, to, tree.root(to), proof, [], []]);
    });
    await puppet.getFunction("actMany")(await registry.getAddress(), steps, { gasLimit: 16_000_000n });
    const [head] = await registry.headOf(log.id);
    expect([head.size, head.allowance]).to.deep.equal([50n, 0n]);
  });

  it("L1 to L8 hold after each of 2,000 attempts by eight actors, in 20 worlds of two logs", async function () {
    this.timeout(240_000);
    const done: Record<string, number> = {};
    for (let seed = 41; seed < 61; seed++) {
      // Not a fixture: the world remembers what it did.
      const logs = await world();
      const opened = BigInt(await time.latest());
      let before = await logs.seen();
      for (const attempt of fc.sample(anyAttempt, { seed, numRuns: 100 })) {
        const [mayFreeze, mayMove] = [logs.mayFreeze(attempt), logs.mayMove(attempt)];
        const place = attempt.log % logs.epochs.length;
        if (await logs.attempt(attempt)) done[attempt.act] = (done[attempt.act] ?? 0) + 1;
        const after = await logs.seen();
        check(logs, attempt, { seed, place, mayFreeze, mayMove }, before, after);
        await checkGrowth(logs, after, opened);
        before = after;
      }
    }
    console.log(`      went through: ${JSON.stringify(done)}`);
    // Each kind of act has to have gone through, or the invariants were not put to the test.
    for (const act of acts) expect(done[act] ?? 0, act).to.be.greaterThan(0);
  });
});

interface Rights {
  readonly seed: number;
  readonly place: number;
  readonly mayFreeze: boolean;
  readonly mayMove: boolean;
}

function check(
  logs: LogWorld,
  attempt: Attempt,
  rights: Rights,
  before: readonly Seen[],
  after: readonly Seen[],
): void {
  const holds = (rule: string, i: number, condition: boolean) => {
    if (!condition) {
      const show = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
      expect.fail(
        `${rule}: ${JSON.stringify({ seed: rights.seed, attempt, i, before: before[i], after: after[i] }, show)}`,
      );
    }
  };
  after.forEach((now, i) => {
    const was = before[i];
    const { tree } = logs.epochs[i]!;
    if (was === undefined) {
      holds("L7 starts empty", i, now.size === 0n && now.root === tree.root(0n) && now.status === OPEN);
      const from = after[rights.place]!;
      holds("L7 inherits the clock", i, now.lastAdvance === from.lastAdvance && now.overdue === from.overdue);
      return;
    }
    const moved = now.size !== was.size || now.root !== was.root;
    holds("L1 never shrinks", i, now.size >= was.size);
    holds("L1 never changes at one size", i, now.size !== was.size || now.root === was.root);
    holds("L2 extends the entries", i, now.root === tree.root(now.size));
    holds("L4 moves with its witnesses", i, !moved || (attempt.act === "advance" && rights.mayMove));
    holds("L5 freezes on evidence", i, now.status === was.status || (rights.mayFreeze && now.status === FROZEN));
    holds("L6 stays frozen", i, was.status !== FROZEN || (now.status === FROZEN && !moved));
    holds("L6 one successor", i, was.successor === NONE || now.successor === was.successor);
    holds("L8 a mark stays", i, was.overdue === 0n || now.overdue === was.overdue);
  });
}

/** L3 over everything that ever happened: a lineage never holds more than one bucket and what flowed in since. */
async function checkGrowth(logs: LogWorld, after: readonly Seen[], opened: bigint): Promise<void> {
  const now = BigInt(await time.latest());
  const total = new Map<string, bigint>();
  logs.epochs.forEach(({ log }, i) => total.set(log.lineage, (total.get(log.lineage) ?? 0n) + after[i]!.size));
  for (const entries of total.values()) {
    expect(entries <= LogWorld.burst + LogWorld.rate * (now - opened + 10n)).to.equal(true);
  }
}
