import { ed25519 } from "@noble/curves/ed25519.js";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { generate } from "@digitalbazaar/ed25519-multikey";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { issue } from "@digitalbazaar/vc";

import { SteleError } from "../../common/errors.js";
import { documentLoader } from "./contexts.js";

/** A key that signs credentials for its member. */
export interface IssuerKey {
  readonly did: string;
  /** `did#key`, as proofs name it. */
  readonly id: string;
  /** The 32-byte secret key (RFC 8032). */
  readonly secret: Uint8Array;
}

/** @param secret 32 bytes */
export async function issuerKey(secret: Uint8Array): Promise<IssuerKey> {
  if (secret.length !== 32) throw new SteleError("input", "an Ed25519 secret key has 32 bytes");
  const { publicKeyMultibase } = await generate({ seed: secret });
  const did = `did:key:${publicKeyMultibase}`;
  return { did, id: `${did}#${publicKeyMultibase}`, secret };
}

/**
 * Signs a credential with a Data Integrity proof, eddsa-rdfc-2022. Terms that no context defines are refused: they
 * would not be covered by the signature.
 * @param now seconds: when the proof says that it was made
 */
export async function signCredential(
  credential: Record<string, unknown>,
  key: IssuerKey,
  now: bigint,
): Promise<Record<string, unknown>> {
  const date = new Date(Number(now) * 1000);
  const signer = {
    id: key.id,
    algorithm: "Ed25519",
    sign: async ({ data }: { data: Uint8Array }) => ed25519.sign(data, key.secret),
  };
  const suite = new DataIntegrityProof({ cryptosuite, signer, date });
  return issue({ credential: structuredClone(credential), suite, documentLoader: documentLoader(), now: date });
}
