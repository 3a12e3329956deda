import type { JWK } from "jose";
import { z } from "zod";

import { SteleError } from "../../common/errors.js";
import { readText } from "../../common/node/files.js";
import type { Recipient } from "./sources.js";

const schema = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string(), d: z.string() });

/**
 * Reads the office's private key for payloads.
 * @throws SteleError `missing`, or `input` without a word of the key
 */
export async function readRecipient({ id, key }: { readonly id: string; readonly key: string }): Promise<Recipient> {
  const text = await readText(key);
  try {
    return { id, privateKey: schema.parse(JSON.parse(text)) as JWK };
  } catch {
    // What failed may quote the key, so it is not kept as the cause.
    throw new SteleError("input", "holds no private key as a JWK (X25519 or P-256)", { place: { file: key } });
  }
}
