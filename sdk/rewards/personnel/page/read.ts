import { reading } from "../../../chain/reading.js";
import type { Suite } from "../../../chain/suite.js";
import { equal, fromHex, toHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { LogView } from "../../../log/view.js";
import { recordIdOf } from "../../../records/acts.js";
import { recordStates, type DeskPolicy } from "../../../records/desk.js";
import type { RecordOpening } from "../opening.js";
import { policyFaults, retentionClasses } from "../policy.js";
import type { DeskReading } from "./situation.js";

/** A log as the chain holds it now. */
export interface LogHead {
  readonly logId: Hex;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly owner: bigint;
  readonly policyId: bigint;
  readonly frozen: boolean;
  /** What its policy lacks to protect the people whom it is about, a sentence each. */
  readonly faults: readonly string[];
}

/** The log's head on chain. @throws RevertError where the registry does not know the log */
export async function readHead(suite: Suite, logId: Hex): Promise<LogHead> {
  return reading(`the question for log ${logId}`, async () => {
    const [head, root] = await suite.contract("LogRegistry").headOf(logId);
    const { size, owner, policyId, status } = head;
    const faults = policyFaults({
      ...(await policyOf(suite, policyId)),
      retention: await retentionOf(suite, policyId),
    });
    return { logId, size, root: fromHex(root), owner, policyId, frozen: status === 2n, faults };
  });
}

/**
 * How a record stands at the desk now.
 * @param log the log itself, or any copy of it that reaches the chain's head: it proves the record under that head
 * @returns undefined for a record that the chain's head does not cover yet
 * @throws SteleError `unproven` where the copy is not the log that the chain has
 */
export async function readDesk(
  suite: Suite,
  { proof }: Pick<RecordOpening, "proof">,
  log: LogView,
  { logId, size, root, policyId }: LogHead,
): Promise<DeskReading | undefined> {
  const { index, entry: header } = proof;
  if (index >= size) return undefined;
  if (!equal(await log.rootAt(size), root)) {
    throw new SteleError(
      "unproven",
      `this copy of log ${logId} does not have the root that the chain holds at ${size}`,
    );
  }
  const path = (await log.inclusionProof(index, size)).map((hash) => toHex(hash));
  return reading(`the question for record ${index} of log ${logId}`, () =>
    readStatus(suite, { logId, index, header, proof: path }, policyId),
  );
}

interface Shown {
  readonly logId: Hex;
  readonly index: bigint;
  readonly header: string;
  readonly proof: Hex[];
}

async function readStatus(suite: Suite, shown: Shown, policyId: bigint): Promise<DeskReading> {
  const [desk, clock] = [suite.contract("RecordDesk"), suite.contract("OpenClock")];
  const [{ state, included, noticed, valid, disputed, anchoredBy, expires }, entry, policy] = await Promise.all([
    desk.stateOf(shown),
    desk.entryOf(recordIdOf(shown.logId, shown.index)),
    policyOf(suite, policyId),
  ]);
  if (!included) throw new SteleError("unproven", `record ${shown.index} is not in log ${shown.logId}`);
  const { since, noticedAt, addressRounds, openingRounds, opened, openComplaints, correctedBy } = entry;
  const start = policy.noticeNeeded ? noticedAt : anchoredBy;
  return {
    noticed,
    valid,
    disputed,
    anchoredBy,
    expires,
    addressRounds,
    openingRounds,
    opened,
    openComplaints,
    correctedBy,
    policy,
    state: recordStates[Number(state)]!,
    elapsed: since === 0n ? 0n : await clock.elapsed(since),
    disputable: start === 0n ? undefined : await clock.elapsed(start),
  };
}

async function policyOf(suite: Suite, policyId: bigint): Promise<DeskPolicy> {
  const policy = await suite.contract("LogPolicies").policyOf(policyId);
  const { noticeNeeded, disputePeriod, answerPeriod, appealPeriod, rulingPeriod, clockSkew } = policy;
  return { noticeNeeded, disputePeriod, answerPeriod, appealPeriod, rulingPeriod, clockSkew };
}

/** Seconds that records of the classes for personnel stay valid, as far as the policy has them. */
async function retentionOf(suite: Suite, policyId: bigint): Promise<readonly bigint[]> {
  const classes = Object.values(retentionClasses).map((one) =>
    suite.contract("LogPolicies").retentionOf(policyId, one),
  );
  return (await Promise.all(classes)).filter(({ known }) => known).map(({ period }) => period);
}
