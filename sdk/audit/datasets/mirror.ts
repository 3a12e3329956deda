import type { Hex } from "../../common/bytes.js";
import { reading } from "../../chain/reading.js";
import { presentTime } from "../../chain/moment.js";
import type { Suite } from "../../chain/suite.js";
import type { TypedDataSigner } from "../../proof/eip712.js";
import { signPossession, type SignedPossession } from "../possession.js";
import type { Registration } from "./registered.js";
import { restoreDataset, type RestoreOptions, type Restored } from "./restore.js";

export interface MirrorOptions extends Omit<RestoreOptions, "root" | "known"> {
  /** The dataset as the chain has it: what sources say of its size counts for nothing. */
  readonly registration: Registration;
  readonly suite: Suite;
  /** The mirror. */
  readonly member: bigint;
  /** An account of its, with `MIRROR`. */
  readonly signer: TypedDataSigner;
}

/** What a mirror has, and what it says of it. */
export interface Mirrored extends Restored {
  /** For `confirmCall`. */
  readonly possession: SignedPossession;
}

/**
 * Fetches a dataset into a mirror's store, verifies all of it as it lies on the disk, and signs for having it. A copy
 * that is there already is verified again: a statement is about bytes that are there now.
 * @throws SteleError `unproven` where no source had it right
 */
export async function mirrorDataset({
  registration,
  suite,
  member,
  signer,
  ...rest
}: MirrorOptions): Promise<Mirrored> {
  const { root, size, mediaType, datasetId } = registration;
  const restored = await restoreDataset({ ...rest, root, known: { size, mediaType } });
  if (restored.fetched > 0n) await restored.dataset.verify({ signal: rest.signal });
  const registry = { chainId: suite.manifest.chainId, address: suite.address("Datasets") };
  const time = await timeOfStatement(suite, datasetId, member);
  return { ...restored, possession: await signPossession(signer, registry, { datasetId, time }) };
}

/** The chain orders statements by time, and refuses one of the same second. */
async function timeOfStatement(suite: Suite, datasetId: Hex, member: bigint): Promise<bigint> {
  const now = await presentTime(suite.runner.provider);
  const { vouchedAt } = await reading("the question for the last statement", () =>
    suite.contract("Datasets").standingOf(datasetId, member),
  );
  return now > vouchedAt ? now : vouchedAt + 1n;
}
