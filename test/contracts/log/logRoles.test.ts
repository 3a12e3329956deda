import { expect } from "chai";
import type { BaseContract } from "ethers";
import { network } from "hardhat";

import { deployLogs, KIND, policyFor, signCheckpoint, TestTree } from "../../support/logs.js";

const { ethers, networkHelpers } = await network.create();
type Suite = Awaited<ReturnType<typeof prepared>>;

/** An open log with a head, a frozen one and one that is overdue; every function has something to succeed on. */
async function prepared() {
  const suite = await deployLogs(ethers);
  const { registry, people } = suite;
  const policyId = await suite.publish();
  const [tree, lie] = [new TestTree(), new TestTree("lie", 0n, 1n)];
  const owner = registry.connect(people.owner.administrator);
  const logs = {
    books: await suite.openLog("books", policyId),
    frozen: await suite.openLog("frozen", policyId),
    silent: await suite.openLog("silent", policyId),
  };
  const sign = (log: typeof logs.books, size: bigint, root: string) =>
    signCheckpoint(registry, log.key, { logId: log.id, keyEpoch: 0n, size, root });
  for (const log of [logs.books, logs.frozen]) await owner.advance(log.id, 0, 10, tree.root(10n), [], [], []);
  const false10 = lie.root(10n);
  const proof = await sign(logs.frozen, 10n, false10);
  await owner.proveSplitView(logs.frozen.id, 0, 10, false10, proof, tree.root(10n), []);
  const ahead = await sign(logs.books, 99n, tree.root(99n));
  const split = await sign(logs.books, 10n, false10);
  await owner.demandAnchoring(logs.silent.id, 0, 7, false10, await sign(logs.silent, 7n, false10));
  await networkHelpers.time.increase(2 * 86_400);
  return { ...suite, policyId, tree, false10, logs, ahead, split };
}

interface Row {
  readonly contract: "registry" | "policies";
  readonly call: (suite: Suite) => readonly [string, readonly unknown[]];
  /** Who may; everybody else must be refused. `anyone` is no more than an account. */
  readonly who: readonly string[];
  readonly halts: boolean;
}

const OWNER = ["owner"];
const ALL = ["owner", "supervisor", "arbiter", "witness", "governor", "registrar", "guardian", "anyone"];

const table: Readonly<Record<string, Row>> = {
  publish: {
    contract: "policies",
    call: (s) => ["publish", [policyFor(s.people), [], [], [0n]]],
    who: ["governor"],
    halts: false,
  },
  open: {
    contract: "registry",
    call: (s) => ["open", [KIND, "another", s.policyId, s.logs.books.key.address]],
    who: OWNER,
    halts: true,
  },
  advance: {
    contract: "registry",
    call: (s) => ["advance", [s.logs.books.id, 10, 20, s.tree.root(20n), s.tree.consistency(10n, 20n), [], []]],
    who: OWNER,
    halts: true,
  },
  heartbeat: { contract: "registry", call: (s) => ["heartbeat", [s.logs.books.id, []]], who: OWNER, halts: true },
  rotateCheckpointKey: {
    contract: "registry",
    call: (s) => ["rotateCheckpointKey", [s.logs.books.id, s.people.owner.administrator.address]],
    who: OWNER,
    halts: true,
  },
  succeed: {
    contract: "registry",
    call: (s) => ["succeed", [s.logs.frozen.id, s.logs.books.key.address]],
    who: ["supervisor"],
    halts: true,
  },
  markOverdue: { contract: "registry", call: (s) => ["markOverdue", [s.logs.silent.id]], who: ALL, halts: false },
  markUnanchored: {
    contract: "registry",
    call: (s) => ["markUnanchored", [s.logs.silent.id, 0, 7]],
    who: ALL,
    halts: false,
  },
  demandAnchoring: {
    contract: "registry",
    call: (s) => ["demandAnchoring", [s.logs.books.id, 0, 99, s.tree.root(99n), s.ahead]],
    who: ALL,
    halts: false,
  },
  proveSplitView: {
    contract: "registry",
    call: (s) => ["proveSplitView", [s.logs.books.id, 0, 10, s.false10, s.split, s.tree.root(10n), []]],
    who: ALL,
    halts: false,
  },
  halt: { contract: "registry", call: () => ["halt", []], who: ["guardian"], halts: false },
  resume: { contract: "registry", call: () => ["resume", []], who: ["governor"], halts: false },
};

function actors({ people, signers }: Suite) {
  return {
    owner: people.owner.administrator,
    supervisor: people.supervisor.administrator,
    arbiter: people.arbiter.administrator,
    witness: people.witnesses[0].administrator,
    governor: signers.governor,
    registrar: signers.registrar,
    guardian: signers.guardian,
    anyone: signers.outsider,
  };
}

describe("LogPolicies and LogRegistry: role x halted x function", () => {
  it("the table names every function that writes", async () => {
    const { registry, policies } = await networkHelpers.loadFixture(prepared);
    const writing = new Set<string>();
    for (const contract of [registry, policies] as BaseContract[]) {
      contract.interface.forEachFunction((each) => {
        if (!each.constant) writing.add(each.name);
      });
    }
    writing.delete("setAuthority"); // the manager's alone: OpenZeppelin's own function
    expect([...writing].sort()).to.deep.equal(Object.keys(table).sort());
  });

  for (const [name, row] of Object.entries(table)) {
    it(`${name}: ${row.who === ALL ? "anyone" : row.who.join()}${row.halts ? ", not while halted" : ""}`, async () => {
      for (const halted of [false, true]) {
        const suite = await networkHelpers.loadFixture(prepared);
        const running = name === "resume" ? !halted : halted;
        if (running) await suite.registry.connect(suite.signers.guardian).halt();
        const [method, args] = row.call(suite);
        for (const [role, signer] of Object.entries(actors(suite))) {
          const allowed = row.who.includes(role) && !(row.halts && halted) && !(name === "halt" && halted);
          const refused = name === "resume" && halted;
          const contract = suite[row.contract].connect(signer) as BaseContract;
          const outcome = await contract
            .getFunction(method)
            .staticCall(...args)
            .then(
              () => true,
              () => false,
            );
          expect(outcome, `${role}, halted: ${halted}`).to.equal(allowed && !refused);
        }
      }
    });
  }

  it("L11: evidence, demands and marks go through while the registry is halted", async () => {
    const suite = await networkHelpers.loadFixture(prepared);
    const { registry, signers, logs, tree, false10, ahead, split } = suite;
    await registry.connect(signers.guardian).halt();
    const anyone = registry.connect(signers.outsider);
    await anyone.demandAnchoring(logs.books.id, 0, 99, tree.root(99n), ahead);
    await anyone.proveSplitView(logs.books.id, 0, 10, false10, split, tree.root(10n), []);
    await anyone.markOverdue(logs.silent.id);
    await expect(
      registry.connect(suite.people.owner.administrator).heartbeat(logs.silent.id, []),
    ).to.be.revertedWithCustomError(registry, "HaltableHalted");
  });
});
