import { type TypedDataDomain, type TypedDataField, verifyTypedData } from "ethers";

import type { Hex } from "../common/bytes.js";
import type { Registry, TypedDataSigner } from "../proof/eip712.js";

/** What a mirror signs for having a dataset, for wallets and other languages. */
export const possessionTypes = {
  Possession: [
    { name: "datasetId", type: "bytes32" },
    { name: "time", type: "uint40" },
  ],
} satisfies Record<string, TypedDataField[]>;

/** How far a statement's time may be ahead of the block that files it, in seconds. */
export const possessionAhead = 600n;

/** How old it may be then, in seconds. */
export const possessionAge = 7n * 86_400n;

/** A mirror's statement. */
export interface PossessionStatement {
  readonly datasetId: Hex;
  /** Seconds, of the mirror's clock. */
  readonly time: bigint;
}

/** A mirror's statement as `Datasets.register` and `Datasets.confirm` take it. */
export interface SignedPossession {
  readonly signer: Hex;
  readonly time: bigint;
  readonly signature: Hex;
}

/** EIP-712 domain of the Datasets contract. */
export function datasetsDomain({ chainId, address }: Registry): TypedDataDomain {
  return { name: "Stele Datasets", version: "1", chainId, verifyingContract: address };
}

/** Signs for having a dataset. */
export async function signPossession(
  signer: TypedDataSigner,
  datasets: Registry,
  { datasetId, time }: PossessionStatement,
): Promise<SignedPossession> {
  const signature = await signer.signTypedData(datasetsDomain(datasets), possessionTypes, { datasetId, time });
  return { signer: (await signer.getAddress()) as Hex, time, signature: signature as Hex };
}

/** Address whose key signed the statement; undefined where the bytes are no signature. */
export function recoverPossession(datasets: Registry, statement: PossessionStatement, signature: Hex) {
  try {
    return verifyTypedData(datasetsDomain(datasets), possessionTypes, { ...statement }, signature) as Hex;
  } catch {
    return undefined;
  }
}

/** When a mirror spoke before. */
export interface MirrorTimes {
  /** Seconds, of its latest statement; 0 while it does not vouch. */
  readonly vouchedAt: bigint;
  /** Seconds, of its latest withdrawal; 0 for never. */
  readonly withdrawnAt: bigint;
}

/**
 * Whether the contract takes a statement of this time. Nothing that was signed before a withdrawal counts after it, not
 * even by a clock that was ahead.
 * @param now block seconds
 */
export function isTimely(time: bigint, { vouchedAt, withdrawnAt }: MirrorTimes, now: bigint): boolean {
  if (time > now + possessionAhead || time + possessionAge < now) return false;
  return time > vouchedAt && (withdrawnAt === 0n || time > withdrawnAt + possessionAhead);
}
