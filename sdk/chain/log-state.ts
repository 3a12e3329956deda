import { fromHex, type Hex } from "../common/bytes.js";
import { reading } from "./reading.js";
import type { Suite } from "./suite.js";
import { eip712NoteVerifier } from "../proof/eip712.js";
import type { NoteVerifier } from "../proof/note.js";

/** What the chain says of a log. */
export interface LogState {
  readonly logId: Hex;
  readonly status: "open" | "frozen";
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Block seconds of the last head or heartbeat, at first of the opening. */
  readonly lastAdvance: bigint;
  readonly owner: bigint;
  readonly policyId: bigint;
  readonly keyEpoch: number;
  readonly lineage: Hex;
  /** Block seconds at which the lineage was first marked overdue; 0 for never. */
  readonly overdueSince: bigint;
}

/**
 * Reads a log's head and standing from the registry.
 * @throws RevertError `LogRegistryUnknown` where no such log was opened
 */
export async function readLogState(suite: Suite, logId: Hex): Promise<LogState> {
  const registry = suite.contract("LogRegistry");
  return reading(`the question for log ${logId}`, async () => {
    const [[head, root], lineage] = await Promise.all([registry.headOf(logId), registry.lineageOf(logId)]);
    return {
      logId,
      status: head.status === 2n ? "frozen" : "open",
      size: head.size,
      root: fromHex(root),
      lastAdvance: head.lastAdvance,
      owner: head.owner,
      policyId: head.policyId,
      keyEpoch: Number(head.keyEpoch),
      lineage: lineage as Hex,
      overdueSince: await registry.overdueSince(lineage),
    };
  });
}

/** The keys of which a checkpoint of this log may be signed: the registered one. A witness asks for it. */
export async function checkpointKeysOf(suite: Suite, logId: Hex): Promise<readonly NoteVerifier[]> {
  const registry = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") };
  const contract = suite.contract("LogRegistry");
  return reading(`the question for the checkpoint key of log ${logId}`, async () => {
    const [{ keyEpoch }] = await contract.headOf(logId);
    const address = await contract.checkpointKeyOf(logId, keyEpoch);
    return [eip712NoteVerifier({ registry, logId, address }, Number(keyEpoch))];
  });
}
