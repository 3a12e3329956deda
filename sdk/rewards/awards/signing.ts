import { type TypedDataDomain, TypedDataEncoder, type TypedDataField, verifyTypedData } from "ethers";

import type { Hex } from "../../common/bytes.js";

// What is signed for `Awards`: grants, by an account that may grant, and materialisations, by a subject's account. All
// of it runs in a browser; wallets take `domain`, `types` and `message` as they are.

/** EIP-712 types of a grant; see `IAwards.Grant`. */
export const grantTypes = {
  Grant: [
    { name: "typeId", type: "uint32" },
    { name: "expires", type: "uint40" },
    { name: "evidenceLog", type: "bytes32" },
    { name: "accounts", type: "address[]" },
    { name: "evidence", type: "uint64[]" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint40" },
  ],
} satisfies Record<string, TypedDataField[]>;

/** EIP-712 types of a subject's wish to have a token; see `IAwards.materialise`. */
export const materialiseTypes = {
  Materialise: [
    { name: "campaignId", type: "bytes32" },
    { name: "index", type: "uint64" },
    { name: "subject", type: "bytes32" },
    { name: "deadline", type: "uint40" },
  ],
} satisfies Record<string, TypedDataField[]>;

/** A grant as `Awards.grant` takes it. */
export interface GrantTerms {
  readonly typeId: bigint;
  /** Block seconds; 0 for what the type says. */
  readonly expires: bigint;
  /** Zero where the awards rest on no records. */
  readonly evidenceLog: Hex;
  readonly accounts: readonly Hex[];
  /** Index of the record for each account; empty without a log. */
  readonly evidence: readonly bigint[];
}

/** A grant as it is signed. */
export interface SignedGrant extends GrantTerms {
  /** Any number that the signer has not used. */
  readonly nonce: bigint;
  /** Block seconds; the last one in which the signature counts. */
  readonly deadline: bigint;
}

/** A materialisation as it is signed. */
export interface SignedMaterialisation {
  readonly campaignId: Hex;
  readonly index: bigint;
  readonly subject: Hex;
  /** Block seconds; the last one in which the signature counts. */
  readonly deadline: bigint;
}

/** EIP-712 domain of the awards. */
export function awardsDomain(chainId: bigint, awards: string): TypedDataDomain {
  return { name: "Stele Awards", version: "1", chainId, verifyingContract: awards };
}

/** What is hashed and signed for a grant. */
export function grantDigest(domain: TypedDataDomain, grant: SignedGrant): Hex {
  return TypedDataEncoder.hash(domain, grantTypes, grant) as Hex;
}

/** What is hashed and signed for a materialisation. */
export function materialiseDigest(domain: TypedDataDomain, wish: SignedMaterialisation): Hex {
  return TypedDataEncoder.hash(domain, materialiseTypes, wish) as Hex;
}

/** The account whose key signed a grant. @throws where the signature is none; contracts sign otherwise (ERC-1271) */
export function signerOfGrant(domain: TypedDataDomain, grant: SignedGrant, signature: Hex): Hex {
  return verifyTypedData(domain, grantTypes, grant, signature) as Hex;
}

/** A nonce that nobody has used: 256 random bits, of which two are never alike. */
export function freshNonce(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
