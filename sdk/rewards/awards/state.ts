import type { Provider } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { standings, type Standing } from "../standing.js";

/** The record that an award rests on. */
export interface EvidencePlace {
  readonly logId: Hex;
  readonly index: bigint;
}

/** An award that is a token, as the chain has it at one block. */
export interface AwardState {
  readonly id: bigint;
  readonly batch: bigint;
  readonly typeId: bigint;
  /** Member. */
  readonly issuer: bigint;
  /** As ERC-721 tells. */
  readonly owner: Hex;
  /** Who holds it now, migrated or not. */
  readonly holder: Hex;
  /** Pseudonym of the person. */
  readonly subject: Hex;
  /** Block seconds. */
  readonly issuedAt: bigint;
  /** Block seconds, 0 for never. */
  readonly expires: bigint;
  readonly evidence?: EvidencePlace;
  readonly standing: Standing;
  /** Whether the record that it rests on is under dispute. */
  readonly disputed: boolean;
  /** The campaign that the token was made of. */
  readonly campaign?: Hex;
}

/** The log of awards that rest on no records. */
export const noLog = `0x${"00".repeat(32)}` as const;

/** Owner of an award, or of points, before they are granted and after they are burnt. */
export const nobody = `0x${"00".repeat(20)}` as const;

const noCampaign = `0x${"00".repeat(32)}`;
const positionBits = 32n;

/** The batch that a token is of. */
export function batchOfToken(id: bigint): bigint {
  return id >> positionBits;
}

/** Place of a token in its batch; in a campaign's, index of its leaf. */
export function positionOfToken(id: bigint): bigint {
  return id & ((1n << positionBits) - 1n);
}

/** The token at a place of a batch. */
export function tokenOf(batch: bigint, position: bigint): bigint {
  return (batch << positionBits) | position;
}

/**
 * Reads an award, everything at one and the same block.
 * @throws SteleError `missing` where there is no such token
 */
export async function readAward(suite: Suite, id: bigint): Promise<AwardState> {
  const awards = suite.contract("Awards");
  return reading(`the question for award ${id}`, async () => {
    const blockTag = await providerOf(suite).getBlockNumber();
    const at = { blockTag };
    const batch = batchOfToken(id);
    const [{ owner }, shared] = await Promise.all([awards.awardOf(id, at), awards.batchOf(batch, at)]);
    if (owner === nobody) throw new SteleError("missing", `there is no award ${id} on this network`);
    const [holder, subject, evidence, [standing, disputed]] = await Promise.all([
      awards.holderOf(id, at),
      awards.subjectOf(id, at),
      awards.evidenceOf(id, at),
      awards.standingOf(id, at),
    ]);
    return {
      id,
      batch,
      typeId: shared.typeId,
      issuer: shared.issuer,
      owner: owner as Hex,
      holder: holder as Hex,
      subject: subject as Hex,
      issuedAt: shared.issuedAt,
      expires: shared.expires,
      ...(evidence.logId === noLog ? {} : { evidence: { logId: evidence.logId as Hex, index: evidence.index } }),
      standing: standings[Number(standing)] ?? "none",
      disputed,
      ...(shared.campaign === noCampaign ? {} : { campaign: shared.campaign as Hex }),
    };
  });
}

/** @throws SteleError `usage` where a suite is bound to nothing that reads */
function providerOf(suite: Suite): Provider {
  const provider = suite.runner.provider;
  if (provider === null || provider === undefined) throw new SteleError("usage", "the suite is bound to no provider");
  return provider;
}
