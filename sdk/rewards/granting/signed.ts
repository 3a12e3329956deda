import type { Signer } from "ethers";
import { z } from "zod";

import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { addressText, hash32, hexText, parseWith, wholeNumber } from "../../common/schema.js";
import type { Suite } from "../../chain/suite.js";
import { awardsDomain, grantTypes, type GrantTerms, signerOfGrant, type SignedGrant } from "../awards/signing.js";

/** A grant that somebody signed and anybody may hand in. */
export interface GrantSlip {
  readonly format: "stele-grant/1";
  readonly chainId: bigint;
  readonly awards: Hex;
  readonly signer: Hex;
  readonly grant: GrantTerms;
  readonly nonce: bigint;
  readonly deadline: bigint;
  readonly signature: Hex;
}

/** Signs a grant as an account; nothing is sent. */
export async function signGrant(
  suite: Suite,
  signer: Signer,
  { nonce, deadline, ...grant }: SignedGrant,
): Promise<Hex> {
  const domain = awardsDomain(suite.manifest.chainId, suite.address("Awards"));
  return (await signer.signTypedData(domain, grantTypes, { ...grant, nonce, deadline })) as Hex;
}

/** Signs a grant into a slip for somebody else to hand in. */
export async function grantSlip(suite: Suite, signer: Signer, signed: SignedGrant): Promise<GrantSlip> {
  const { nonce, deadline, ...grant } = signed;
  return {
    format: "stele-grant/1",
    chainId: suite.manifest.chainId,
    awards: suite.address("Awards"),
    signer: (await signer.getAddress()) as Hex,
    grant,
    nonce,
    deadline,
    signature: await signGrant(suite, signer, signed),
  };
}

const slipSchema = z.strictObject({
  format: z.literal("stele-grant/1", { error: 'is not "stele-grant/1"' }),
  chainId: wholeNumber,
  awards: addressText,
  signer: addressText,
  grant: z.strictObject({
    typeId: wholeNumber,
    expires: wholeNumber,
    evidenceLog: hash32,
    accounts: z.array(addressText).min(1).max(1_000),
    evidence: z.array(wholeNumber).max(1_000),
  }),
  nonce: wholeNumber,
  deadline: wholeNumber,
  signature: hexText,
});

/**
 * A slip from outside, for this deployment.
 * @throws SteleError `input` where it is of another chain or contract
 */
export function parseSlip(value: unknown, suite: Suite, place: Place = {}): GrantSlip {
  const slip = parseWith<GrantSlip>(slipSchema, value, place);
  const at = (field: string) => ({ place: { ...place, field } });
  if (slip.chainId !== suite.manifest.chainId) {
    throw new SteleError(
      "input",
      `is for chain ${slip.chainId}, and this network is ${suite.manifest.chainId}`,
      at("chainId"),
    );
  }
  if (slip.awards.toLowerCase() !== suite.address("Awards").toLowerCase()) {
    throw new SteleError("input", "is for the contract of another deployment", at("awards"));
  }
  return slip;
}

/** Whether the signer's own key signed it; a contract that signs by ERC-1271 is for the chain to ask. */
export function isSignedByKey(slip: GrantSlip): boolean {
  const { grant, nonce, deadline, signature, signer, chainId, awards } = slip;
  try {
    const value = { ...grant, nonce, deadline };
    const found = signerOfGrant(awardsDomain(chainId, awards), value, signature);
    return found.toLowerCase() === signer.toLowerCase();
  } catch {
    return false;
  }
}
