import type { Provider } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { emittedIn } from "../../chain/emitted.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { pause } from "../../chain/transport.js";
import { challengeStates, readChallenge, type ChallengeReading, type ChallengeState } from "../challenges.js";
import { memberTopic } from "./registered.js";

/** What the chain says of a challenge. */
export interface ChallengeView {
  readonly challengeId: bigint;
  readonly datasetId: Hex;
  /** Member. */
  readonly respondent: bigint;
  /** Member. */
  readonly office: bigint;
  readonly state: ChallengeState;
  /** How it stands at the latest block. */
  readonly reading: ChallengeReading;
  readonly drawBlock: bigint;
  /** Once drawn. */
  readonly chunk: bigint;
  /** Block seconds; 0 while it is not drawn. */
  readonly drawnAt: bigint;
  /** Open seconds that are left to answer; 0 where none are. */
  readonly left: bigint;
}

/** Reads a challenge and how it stands now. @throws RevertError `DatasetsUnknownChallenge` */
export async function readChallengeOf(suite: Suite, challengeId: bigint): Promise<ChallengeView> {
  const [datasets, clock] = [suite.contract("Datasets"), suite.contract("OpenClock")];
  return reading(`the question for challenge ${challengeId}`, async () => {
    const found = await datasets.challengeOf(challengeId);
    const period = await datasets.answerPeriod();
    const { datasetId, respondent, office, openedAt, drawBlock, drawnAt, chunk } = found;
    const state = challengeStates[Number(found.state)] ?? "none";
    const sinceDrawn = drawnAt === 0n ? 0n : await clock.elapsed(drawnAt);
    const block = BigInt((await suite.runner.provider?.getBlockNumber()) ?? 0) + 1n;
    const moment = { block, sinceOpened: await clock.elapsed(openedAt), sinceDrawn };
    const stands = readChallenge({ state, drawBlock }, moment, period) ?? "missed";
    const left = stands === "running" ? period - sinceDrawn : 0n;
    const facts = { challengeId, datasetId: datasetId as Hex, respondent, office, state, drawBlock, chunk, drawnAt };
    return { ...facts, reading: stands, left };
  });
}

/** Ids of all challenges that a member was given, oldest first. */
export async function* challengesOf(suite: Suite, source: LogSource, respondent: bigint): AsyncGenerator<bigint> {
  const abi = suite.contract("Datasets").interface;
  const event = abi.getEvent("ChallengeOpened");
  const indexed = [null, null, memberTopic(respondent)];
  for await (const log of logsInRanges(source, [suite.address("Datasets")], [event.topicHash], indexed)) {
    yield abi.parseLog(log)!.args["challengeId"] as bigint;
  }
}

/** Number of the challenge that a transaction opened. */
export async function challengeIn(suite: Suite, transaction: string): Promise<bigint> {
  const opened = await emittedIn(suite, "Datasets", "ChallengeOpened", transaction);
  if (opened !== undefined) return opened["challengeId"] as bigint;
  throw new SteleError("network", `the node shows no challenge in transaction ${transaction}`);
}

/** How to wait for a block. */
export interface BlockWait {
  /** Seconds between looks. */
  readonly pollingInterval: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when no block came in ten looks: a chain that makes blocks on demand needs a transaction for each. */
  readonly nudge: () => Promise<void>;
}

/** Looks at a chain until it has a block. */
export async function waitForBlock(provider: Provider, block: bigint, wait: BlockWait): Promise<void> {
  let last = -1;
  for (let idle = 0; ; idle++) {
    wait.signal?.throwIfAborted();
    const head = await provider.getBlockNumber();
    if (BigInt(head) >= block) return;
    if (head !== last) idle = 0;
    last = head;
    if (idle >= 10) {
      await wait.nudge();
      idle = 0;
    }
    await pause(wait.pollingInterval * 1000, wait.signal);
  }
}
