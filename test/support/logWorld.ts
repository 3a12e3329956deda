import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { ZeroHash } from "ethers";
import fc from "fast-check";

import type { Account } from "./authority.js";
import { cosign, DAY, type LogSuite, signCheckpoint, type TestLog, TestTree } from "./logs.js";

/** What some actor tries; the numbers choose among what is there. */
export interface Attempt {
  readonly act: (typeof acts)[number];
  readonly actor: number;
  readonly log: number;
  readonly key: number;
  readonly amount: bigint;
  readonly honest: boolean;
  readonly witnesses: readonly number[];
}

/** What actors try, the frequent ones more than once. */
export const acts = [
  "advance",
  "advance",
  "advance",
  "advance",
  "heartbeat",
  "rotate",
  "split",
  "demand",
  "markOverdue",
  "markUnanchored",
  "succeed",
  "wait",
  "halt",
  "resume",
  "resume",
  "resume",
] as const;

export const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  act: fc.constantFrom(...acts),
  // 0 is whoever is entitled, and key 0 the present one: else little would go through.
  actor: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(7) }),
  log: fc.nat(9),
  key: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(4) }),
  amount: fc.oneof(fc.bigInt({ min: 1n, max: 60n }), fc.bigInt({ min: 0n, max: 3_000n })),
  honest: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  witnesses: fc.oneof({ weight: 3, arbitrary: fc.constant([0, 1]) }, fc.array(fc.nat(3), { maxLength: 3 })),
});

/** What can be read of one epoch. */
export interface Seen {
  readonly size: bigint;
  readonly root: string;
  readonly status: bigint;
  readonly overdue: bigint;
  readonly lastAdvance: bigint;
  readonly successor: string;
}

/** A world of one policy, its logs with all their epochs, and actors that try everything. */
export class LogWorld {
  static readonly burst = 500n;
  static readonly rate = 1n;
  readonly suite: LogSuite;
  readonly epochs: {
    readonly log: TestLog;
    readonly tree: TestTree;
    readonly keys: Account[];
    readonly base: bigint;
  }[] = [];
  readonly #time: NetworkHelpers["time"];
  readonly #actors: readonly Account[];
  readonly #demands: [number, number, bigint][] = [];
  #keys = 0;

  private constructor(suite: LogSuite, time: NetworkHelpers["time"], stranger: Account) {
    this.suite = suite;
    this.#time = time;
    const { owner, other, supervisor, arbiter, witnesses, ombudsman } = suite.people;
    this.#actors = [
      ...[owner, other, supervisor, arbiter, witnesses[0], ombudsman].map((member) => member.administrator),
      stranger,
      owner.administrator,
    ];
  }

  static async open(suite: LogSuite, time: NetworkHelpers["time"]): Promise<LogWorld> {
    const world = new LogWorld(suite, time, await suite.account("stranger"));
    const policyId = await suite.publish({
      policy: { burst: LogWorld.burst, rate: LogWorld.rate, witnesses: 2n },
    });
    for (const name of ["one", "two"]) world.#add(await suite.openLog(name, policyId), 0n);
    return world;
  }

  async seen(): Promise<Seen[]> {
    const { registry } = this.suite;
    return Promise.all(
      this.epochs.map(async ({ log }) => {
        const [head, root] = await registry.headOf(log.id);
        const [overdue, successor] = await Promise.all([
          registry.overdueSince(log.lineage),
          registry.successorOf(log.id),
        ]);
        const { size, status, lastAdvance } = head;
        return { size, root, status, overdue, lastAdvance, successor };
      }),
    );
  }

  /** Tries; says whether it went through. A refusal is an answer, not a failure. */
  async attempt(attempt: Attempt): Promise<boolean> {
    const { suite } = this;
    if (attempt.act === "wait") {
      await this.#time.increase(attempt.honest ? attempt.amount + 1n : DAY / 2n);
      return true;
    }
    if (attempt.act === "halt") return went(suite.registry.connect(suite.signers.guardian).halt());
    if (attempt.act === "resume") return went(suite.registry.connect(suite.signers.governor).resume());
    return this.#act(attempt, attempt.log % this.epochs.length);
  }

  async #act(attempt: Attempt, place: number): Promise<boolean> {
    const { log, tree, keys } = this.epochs[place]!;
    const registry = this.suite.registry.connect(this.#actors[actorOf(attempt)]!);
    const [{ size }] = await registry.headOf(log.id);
    const target = size + attempt.amount;
    const keyEpoch = keyEpochOf(attempt, keys.length);
    const told = attempt.honest || size === 0n ? tree : new TestTree(`lie ${attempt.amount}`, size / 2n, 1n);
    switch (attempt.act) {
      case "advance": {
        const root = told.root(target);
        const words = await this.#words(attempt.witnesses, log, target, root);
        const proof = size === 0n ? [] : target > size ? told.consistency(size, target) : [];
        return went(registry.advance(log.id, size, target, root, proof, words, []));
      }
      case "heartbeat":
        return went(registry.heartbeat(log.id, await this.#words(attempt.witnesses, log, size, tree.root(size))));
      case "rotate": {
        const key = await this.suite.account(`key ${++this.#keys}`);
        const done = await went(registry.rotateCheckpointKey(log.id, key.address));
        if (done) keys.push(key);
        return done;
      }
      case "split": {
        const at = size === 0n ? 0n : (attempt.amount % size) + 1n;
        const root = told.root(at);
        const signature = await this.#signed(log, keys, keyEpoch, at, root);
        const proof = at === 0n ? [] : tree.consistency(at, size);
        return went(registry.proveSplitView(log.id, keyEpoch, at, root, signature, tree.root(at), proof));
      }
      case "demand": {
        const signature = await this.#signed(log, keys, keyEpoch, target, tree.root(target));
        const done = await went(registry.demandAnchoring(log.id, keyEpoch, target, tree.root(target), signature));
        if (done) this.#demands.push([place, keyEpoch, target]);
        return done;
      }
      case "markOverdue":
        return went(registry.markOverdue(log.id));
      case "markUnanchored": {
        const [where, epoch, at] = this.#demands[attempt.key % Math.max(1, this.#demands.length)] ?? [place, 0, target];
        return went(registry.markUnanchored(this.epochs[where]!.log.id, epoch, at));
      }
      case "succeed": {
        const key = await this.suite.account(`key ${++this.#keys}`);
        const done = await went(registry.succeed(log.id, key.address));
        if (done) this.#add({ ...log, id: await registry.successorOf(log.id), key }, this.epochs[place]!.base + size);
        return done;
      }
      default:
        return false;
    }
  }

  #add(log: TestLog, base: bigint): void {
    // Each epoch has entries of its own.
    this.epochs.push({ log, base, keys: [log.key], tree: new TestTree(log.id, 0n, 3n) });
  }

  /** Words of the three witnesses and (3) of the owner for itself, as the attempt orders them. */
  async #words(order: readonly number[], log: TestLog, size: bigint, root: string) {
    const signers = [...this.suite.people.witnesses, log.owner];
    const time = BigInt(await this.#time.latest()) + 1n;
    return Promise.all(
      order.map((i) => cosign(this.suite.registry, signers[i]!.administrator, { logId: log.id, size, root, time })),
    );
  }

  /** Signed by the key of the epoch, or by a stranger where there is none. */
  async #signed(log: TestLog, keys: readonly Account[], keyEpoch: number, size: bigint, root: string): Promise<string> {
    const key = keys[keyEpoch] ?? this.#actors[6]!;
    return signCheckpoint(this.suite.registry, key, { logId: log.id, keyEpoch: BigInt(keyEpoch), size, root });
  }

  /** Whether this evidence may freeze: by the present key, or by a retired one in the arbiter's hands. */
  mayFreeze(attempt: Attempt): boolean {
    const { keys } = this.epochs[attempt.log % this.epochs.length]!;
    const keyEpoch = keyEpochOf(attempt, keys.length);
    const arbiter = actorOf(attempt) === 3;
    return attempt.act === "split" && keyEpoch < keys.length && (keyEpoch === keys.length - 1 || arbiter);
  }

  /** Whether a head with these cosignatures may move. */
  mayMove(attempt: Attempt): boolean {
    const { witnesses } = attempt;
    const ascending = witnesses.every((w, i) => w < 3 && (i === 0 || witnesses[i - 1]! < w));
    const owner = [0, 7].includes(actorOf(attempt));
    return owner && ascending && witnesses.length >= 2;
  }
}

function actorOf(attempt: Attempt): number {
  return attempt.actor === 0 && attempt.act === "succeed" ? 2 : attempt.actor;
}

/** The present key's epoch, an earlier one, or one that is not there. */
function keyEpochOf(attempt: Attempt, keys: number): number {
  return attempt.key === 0 ? keys - 1 : attempt.key % (keys + 1);
}

export const NONE = ZeroHash;

async function went(sent: Promise<{ wait(): Promise<unknown> }>): Promise<boolean> {
  return sent.then(
    async (tx) => (await tx.wait()) !== null,
    () => false,
  );
}
