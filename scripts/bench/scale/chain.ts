import { join } from "node:path";

import { network } from "hardhat";

import { anchor, type AnchorableLog } from "../../../sdk/chain/anchor.js";
import { connect } from "../../../sdk/chain/connection.js";
import { Sender } from "../../../sdk/chain/sender.js";
import { connectSuite, type Suite } from "../../../sdk/chain/suite.js";
import type { Book } from "../../../sdk/book/book.js";
import type { BookConfig } from "../../../sdk/book/config.js";
import { auditEventSchema } from "../../../sdk/audit/event.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { testProfile } from "../../../test/support/anvil.js";
import { testManifest } from "../../../test/support/chain.js";
import { deployLogs, KIND, type LogSuite } from "../../../test/support/logs.js";
import { midnight } from "./events.js";

/** Seconds that one more step waits for the allowance. */
const patience = 900;

type Network = Awaited<ReturnType<typeof network.create>>;

const bookConfig = {
  format: 1,
  kind: "audit.events",
  chainId: 31_337n,
  keyEpoch: 0,
  source: "urn:example:agency:desk",
  schema: auditEventSchema,
  retentionClass: 0,
  recipients: [],
} as const;

/** What heads on chain cost. */
export interface Cost {
  readonly heads: number;
  readonly gas: number;
  readonly calldataBytes: number;
}

/** The chain of the measurement: the real contracts on an embedded chain, one log with a policy of 1,000 entries/s. */
export class BenchChain {
  /** Of the book that the log is kept in. */
  readonly config: BookConfig;
  readonly #chain: Network;
  readonly #logs: LogSuite;
  readonly #suite: Suite;
  readonly #sender: Sender;
  readonly #policy: bigint;

  private constructor(
    chain: Network,
    logs: LogSuite,
    suite: Suite,
    sender: Sender,
    policy: bigint,
    config: BookConfig,
  ) {
    [this.#chain, this.#logs, this.#suite, this.#sender, this.#policy] = [chain, logs, suite, sender, policy];
    this.config = config;
  }

  static async start(folder: string, name: string): Promise<BenchChain> {
    const chain = await network.create({ override: { initialDate: new Date((midnight - 86_400) * 1_000) } });
    const logs = await deployLogs(chain.ethers);
    const policy = await logs.publish({ policy: { burst: 1_000_000n, rate: 1_000n } });
    const profile = testProfile(["http://127.0.0.1:1"], { feeMode: "dynamic" });
    const connection = await connect(profile, { transport: chain.provider });
    const suite = connectSuite(connection.provider, await testManifest(connection, logs));
    const { owner } = logs.people;
    const journal = join(folder, `sender-${Date.now()}`);
    const sender = await Sender.open({ connection, signer: owner.administrator, folder: journal });
    const lineage = await logs.registry.lineageFor(owner.id, KIND, name);
    const logId = (await logs.registry.logIdFor(lineage, 0)) as Hex;
    const config = { ...bookConfig, name, logId, registry: suite.address("LogRegistry") as Hex };
    return new BenchChain(chain, logs, suite, sender, policy, config);
  }

  /** Opens the log on chain with the book's key. */
  async open({ checkpointAddress }: Book): Promise<void> {
    const { registry, people } = this.#logs;
    await registry.connect(people.owner.administrator).open(KIND, this.config.name, this.#policy, checkpointAddress);
  }

  /** Brings the head of a size on chain at a time, in as many steps as the policy's growth asks for. */
  async anchor(book: Book, size: bigint, seconds: number, signal: AbortSignal): Promise<Cost> {
    const { time } = this.#chain.networkHelpers;
    if ((await time.latest()) < seconds) await time.increaseTo(seconds);
    const { logId } = this.config;
    const signers = await book.signers();
    let cost: Cost = { heads: 0, gas: 0, calldataBytes: 0 };
    for (;;) {
      const options = { log: pinned(book, size), logId, suite: this.#suite, sender: this.#sender, signers, signal };
      const { left, txs } = await anchor(options);
      for (const { hash } of txs) cost = sum(cost, await this.#costOf(hash));
      if (left === 0n) return cost;
      await time.increase(patience);
    }
  }

  async head(): Promise<{ size: bigint; root: string }> {
    const [{ size }, root] = await this.#logs.registry.headOf(this.config.logId);
    return { size, root };
  }

  async close(): Promise<void> {
    await this.#sender.close();
    await this.#chain.close();
  }

  async #costOf(hash: string): Promise<Cost> {
    const { provider } = this.#chain.ethers;
    const receipt = await provider.getTransactionReceipt(hash);
    const transaction = await provider.getTransaction(hash);
    if (receipt?.status !== 1 || transaction === null) throw new SteleError("refused", "a head was not accepted");
    return { heads: 1, gas: Number(receipt.gasUsed), calldataBytes: (transaction.data.length - 2) / 2 };
  }
}

export function sum(a: Cost, b: Cost): Cost {
  return { heads: a.heads + b.heads, gas: a.gas + b.gas, calldataBytes: a.calldataBytes + b.calldataBytes };
}

/** The log as it stood at a size that was published: a later run puts the same heads on its new chain. */
function pinned({ log }: Book, size: bigint): AnchorableLog {
  return {
    origin: log.origin,
    entries: (from, to) => log.entries(from, to),
    rootAt: (at) => log.rootAt(at),
    consistencyProof: (from, to) => log.consistencyProof(from, to),
    published: () => log.published(size),
    storedHead: async () => ({ size, root: await log.rootAt(size) }),
  };
}
