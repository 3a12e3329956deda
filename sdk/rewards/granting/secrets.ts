import { createHmac } from "node:crypto";

import { concat, toHex, utf8, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** Secrets of one import, all derived from the key of the roster and the import's id. */
export class ImportSecret {
  readonly #secret: Uint8Array;

  /**
   * The same import of the same department has the same secret, on whatever machine: a second campaign of it has the
   * first one's id and a second grant its nonce, and the chain refuses both.
   * @param key of the department's roster, 32 bytes
   */
  constructor(key: Uint8Array, importId: string) {
    if (key.length !== 32) throw new SteleError("usage", `a key of ${key.length} bytes where 32 are expected`);
    this.#secret = mac("sha256", key, "stele.award.import.v1", utf8(importId));
  }

  /** Salt of a leaf and secret of its content; says nothing about another's. */
  leaf(position: bigint, subject: Uint8Array): { readonly salt: Uint8Array; readonly content: Uint8Array } {
    const bytes = mac("sha512", this.#secret, "stele.award.leaf.v1", number(position), subject);
    return { salt: bytes.subarray(0, 32), content: bytes.subarray(32) };
  }

  /** Nonce of the signature by which a batch is granted. */
  nonce(batch: bigint): bigint {
    const bytes = mac("sha256", this.#secret, "stele.award.nonce.v1", number(batch));
    return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  }

  /** What the call that gives a batch its points ends with, so that it is known from another import's. */
  mark(batch: bigint): Hex {
    return toHex(mac("sha256", this.#secret, "stele.award.points.v1", number(batch)));
  }
}

function number(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function mac(hash: "sha256" | "sha512", key: Uint8Array, tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHmac(hash, key)
      .update(concat(utf8(tag), ...parts))
      .digest(),
  );
}
