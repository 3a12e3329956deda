import { AbiCoder, keccak256 } from "ethers";

import { concat, type Hex, toHex, utf8 } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { hashLength } from "../../proof/merkle.js";

/** A leaf of a campaign, opened: one award. `RewardTypes.AwardLeaf` of the contracts. */
export interface AwardLeaf {
  /** Pseudonym of the person, 32 bytes. */
  readonly subject: Uint8Array;
  /** The record that the award rests on. */
  readonly evidence?: { readonly logId: Uint8Array; readonly index: bigint };
  /** Commitment to what else the award says, 32 bytes. */
  readonly content?: Uint8Array;
  /** 32 random bytes, so that nobody finds out by trying for whom an award is. */
  readonly salt: Uint8Array;
}

/** Terms of a campaign; its id commits to all of them. `RewardTypes.Campaign` of the contracts. */
export interface CampaignTerms {
  /** RFC 9162, over the leaves. */
  readonly root: Hex;
  /** Leaves. */
  readonly size: bigint;
  readonly typeId: bigint;
  /** Member. */
  readonly issuer: bigint;
  /** First second in which its awards do not count any more, 0 for never. */
  readonly expires: bigint;
}

/** Leaves of one campaign at most. */
export const maxCampaignSize = 1n << 32n;

const tag = utf8("stele.award.v1");
const nothing = new Uint8Array(hashLength);
const indexLength = 8;

/** Bytes of every leaf. */
export const leafLength = tag.length + 4 * hashLength + indexLength;

/**
 * The entry whose RFC 9162 leaf hash the contract computes: "stele.award.v1" ‖ subject ‖ evidence log ‖ evidence index ‖
 * content ‖ salt. Zeros stand for what is not there.
 * @throws SteleError `input` where something has not its length
 */
export function encodeLeaf(leaf: AwardLeaf): Uint8Array {
  const { subject, evidence, content = nothing, salt } = leaf;
  const logId = evidence?.logId ?? nothing;
  const index = new Uint8Array(indexLength);
  new DataView(index.buffer).setBigUint64(0, indexOf(evidence?.index ?? 0n));
  const parts = { subject, logId, content, salt };
  for (const [name, bytes] of Object.entries(parts)) {
    if (bytes.length === hashLength) continue;
    throw new SteleError("input", `${name} of an award has ${bytes.length} bytes, not ${hashLength}`);
  }
  if (evidence !== undefined && isZero(logId))
    throw new SteleError("input", "the evidence's log is zero: leave it out");
  return concat(tag, subject, logId, index, content, salt);
}

/**
 * Reads what {@link encodeLeaf} wrote.
 * @throws SteleError `input` where the bytes are no leaf
 */
export function decodeLeaf(entry: Uint8Array): AwardLeaf {
  if (entry.length !== leafLength || !tag.every((byte, i) => entry[i] === byte)) {
    throw new SteleError("input", "the entry is no award of a campaign");
  }
  let at = tag.length;
  const take = (length: number) => entry.slice(at, (at += length));
  const [subject, logId] = [take(hashLength), take(hashLength)];
  const index = new DataView(take(indexLength).buffer).getBigUint64(0);
  const [content, salt] = [take(hashLength), take(hashLength)];
  if (isZero(logId) && index !== 0n) throw new SteleError("input", "the award names an index of no log");
  return {
    subject,
    ...(isZero(logId) ? {} : { evidence: { logId, index } }),
    ...(isZero(content) ? {} : { content }),
    salt,
  };
}

/** Id of a campaign; the twin of `Campaigns.campaignIdFor`. */
export function campaignId(suiteId: Hex, terms: CampaignTerms): Hex {
  const types = ["bytes32", "bytes32", "uint64", "uint32", "uint32", "uint40"];
  const { root, size, typeId, issuer, expires } = terms;
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [suiteId, root, size, typeId, issuer, expires])) as Hex;
}

/** A leaf as the contracts take it. */
export function leafStruct(leaf: AwardLeaf) {
  return {
    subject: toHex(leaf.subject),
    evidenceLog: toHex(leaf.evidence?.logId ?? nothing),
    evidenceIndex: leaf.evidence?.index ?? 0n,
    content: toHex(leaf.content ?? nothing),
    salt: toHex(leaf.salt),
  };
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function indexOf(index: bigint): bigint {
  if (index < 0n || index >= 1n << 64n) throw new SteleError("input", `${index} is no index of a record`);
  return index;
}
