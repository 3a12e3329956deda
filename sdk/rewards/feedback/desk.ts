import { readLogState } from "../../chain/log-state.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { verifyBundleOnChain } from "../../chain/verify.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { recordIdOf } from "../../records/acts.js";
import { expiryOf, isOver, recordStates, type RecordState } from "../../records/desk.js";
import type { RecordHeader } from "../../records/header.js";
import type { RecordStatus } from "./judge.js";
import type { Presentation } from "../../records/presentation.js";
import { readShown, type ShownFeedback } from "./shown.js";
import { said, type StandingProof } from "./standing-proof.js";
import { readStanding, type ReadStanding } from "./verify.js";
import type { EditionCount } from "./gaps.js";

/** Records that the desk is asked about at the same time. */
const atOnce = 16;

/** A record as the desk knows it. */
export type Placed = { readonly index: bigint; readonly header: RecordHeader };

/** What a log's records are judged by: its policy, its head and the chain's time. */
interface Rules {
  readonly logId: Hex;
  readonly anchored: bigint;
  readonly noticeNeeded: boolean;
  readonly retention: (retentionClass: bigint) => Promise<bigint | undefined>;
  readonly now: bigint;
}

/**
 * What the desk says of records of one log, from storage alone: that they are in the log is known already.
 * @returns by index
 */
export async function statusesOf(
  suite: Suite,
  logId: Hex,
  records: readonly Placed[],
  signal?: AbortSignal,
): Promise<Map<bigint, RecordStatus>> {
  const rules = await rulesOf(suite, logId);
  const statuses = new Map<bigint, RecordStatus>();
  for (let at = 0; at < records.length; at += atOnce) {
    signal?.throwIfAborted();
    const part = records.slice(at, at + atOnce);
    const read = await Promise.all(part.map((record) => statusOf(suite, rules, record)));
    part.forEach(({ index }, i) => statuses.set(index, read[i]!));
  }
  return statuses;
}

/** The first of some records that has not ended at the desk; undefined where all have. */
export async function firstStanding(suite: Suite, logId: Hex, indexes: readonly bigint[]): Promise<bigint | undefined> {
  for (let at = 0; at < indexes.length; at += atOnce) {
    const [first] = await standingAmong(suite, logId, indexes.slice(at, at + atOnce));
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Those of some records that have not ended at the desk. */
export async function standingAmong(suite: Suite, logId: Hex, indexes: readonly bigint[]): Promise<bigint[]> {
  const standing: bigint[] = [];
  for (let at = 0; at < indexes.length; at += atOnce) {
    const part = indexes.slice(at, at + atOnce);
    const states = await Promise.all(part.map(async (index) => (await flags(suite, logId, index)).state));
    standing.push(...part.filter((_, i) => !isOver(states[i]!)));
  }
  return standing;
}

/** A proof of standing, held against the chain. */
export interface StandingOnChain extends ReadStanding {
  /** What a reader should know beside it, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Verifies a proof of standing against the chain: every record is in a log whose head or key the registry holds, and
 * counts as the desk says now, whatever the proof says that it said.
 * @throws SteleError `unproven` or `input`, naming what does not hold
 */
export async function verifyStandingOnChain(
  proof: StandingProof,
  suite: Suite,
  { editions, place = {} }: { readonly editions?: readonly EditionCount[] | undefined; readonly place?: Place } = {},
): Promise<StandingOnChain> {
  const problems = new Set<string>();
  const shown: ShownFeedback[] = [];
  for (const [i, { presentation }] of proof.records.entries()) {
    try {
      shown.push(await shownOnChain(presentation, suite, problems));
    } catch (error) {
      throw said(error, `records.${i}`, place);
    }
  }
  const statuses = await statusesOf(suite, shown[0]!.logId, shown);
  const judged = shown.map((one) => ({ shown: one, status: statuses.get(one.index) }));
  return {
    ...readStanding(judged, { criteria: proof.criteria, at: proof.at, editions }, place),
    problems: [...problems],
  };
}

async function shownOnChain(presentation: Presentation, suite: Suite, problems: Set<string>): Promise<ShownFeedback> {
  const { log, shown, checkpointKey } = await verifyBundleOnChain(presentation.proof, suite);
  if (log.status === "frozen") problems.add("The log is frozen: its key signed two histories.");
  if (log.overdueSince > 0n) problems.add("The log was overdue; the mark is permanent.");
  if (checkpointKey?.retired === true) problems.add("A checkpoint is signed by a retired key.");
  const record = readShown(presentation, shown.entry);
  if (record.logId === log.logId) return record;
  throw new SteleError("unproven", "its header is of another log than its proof");
}

async function rulesOf(suite: Suite, logId: Hex): Promise<Rules> {
  const { policyId, size } = await readLogState(suite, logId);
  const policies = suite.contract("LogPolicies");
  const block = await suite.runner.provider?.getBlock("latest");
  if (block === null || block === undefined) throw new SteleError("network", "the node gives no latest block");
  const known = new Map<bigint, bigint | undefined>();
  return {
    logId,
    anchored: size,
    now: BigInt(block.timestamp),
    noticeNeeded: (await reading("the question for the log's policy", () => policies.policyOf(policyId))).noticeNeeded,
    async retention(retentionClass) {
      if (known.has(retentionClass)) return known.get(retentionClass);
      const answer = await reading("the question for a retention class", () =>
        policies.retentionOf(policyId, retentionClass),
      );
      known.set(retentionClass, answer.known ? answer.period : undefined);
      return known.get(retentionClass);
    },
  };
}

async function statusOf(suite: Suite, rules: Rules, { index, header }: Placed): Promise<RecordStatus> {
  const { state, noticed } = await flags(suite, rules.logId, index);
  const retention = await rules.retention(header.retentionClass);
  // A record is anchored after what it is about, so its own time is the earlier one.
  const expires = expiryOf({ aboutSomebody: true, time: header.time, anchoredBy: rules.now, retention });
  const valid =
    index < rules.anchored &&
    retention !== undefined &&
    !isOver(state) &&
    (noticed || !rules.noticeNeeded) &&
    (expires === 0n || rules.now < expires);
  const corrected = state === "corrected" ? { correctedBy: await correctionOf(suite, rules.logId, index) } : {};
  return { state, valid, expires, ...corrected };
}

async function flags(suite: Suite, logId: Hex, index: bigint): Promise<{ state: RecordState; noticed: boolean }> {
  const answer = await reading(`the question for record ${index}`, () =>
    suite.contract("RecordDesk").flagsOf(recordIdOf(logId, index)),
  );
  return { state: recordStates[Number(answer.state)] ?? "recorded", noticed: answer.noticed };
}

async function correctionOf(suite: Suite, logId: Hex, index: bigint): Promise<bigint> {
  const entry = await reading(`the question for record ${index}`, () =>
    suite.contract("RecordDesk").entryOf(recordIdOf(logId, index)),
  );
  return entry.correctedBy;
}
