import { equal, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import type { Head } from "../../log/store.js";
import { parseCheckpoint, suiteOrigin } from "../../proof/checkpoint.js";
import { eip712NoteVerifier, keyEpochOf, type Registry } from "../../proof/eip712.js";
import { emptyRoot, verifyConsistency } from "../../proof/merkle.js";
import { parseNote } from "../../proof/note.js";

/** A registered checkpoint key's signature, as LogRegistry takes it. */
export interface KeySignature {
  readonly keyEpoch: number;
  readonly signature: Hex;
}

/** What somebody says a log's head is, or was. */
export interface Statement extends Head {
  /** Who said it, and in which part: a log's server or folder, a witness's memory, a mirror's copy. */
  readonly source: string;
  readonly as: "served" | "witnessed" | "mirrored";
  /** The whole note; absent for a head without one (a witness's memory, a mirror's copy). */
  readonly note?: string | undefined;
  /** Absent where no registered key signed. */
  readonly key?: KeySignature | undefined;
}

/** The names and keys of a log. */
export interface LogKeys {
  readonly registry: Registry;
  readonly logId: Hex;
  /** Registered checkpoint keys by epoch; the last is the present one. */
  readonly keys: readonly Hex[];
}

/**
 * Reads a checkpoint note and finds the registered key that signed it.
 * @throws SteleError `input` for what is no checkpoint of this log
 */
export function readStatement(source: string, note: string, log: LogKeys): Statement {
  const { text, signatures } = parseNote(note);
  const { origin, size, root } = parseCheckpoint(text);
  const expected = suiteOrigin(log.registry.chainId, log.logId);
  if (origin !== expected) throw new SteleError("input", `the checkpoint is of ${origin}, not of ${expected}`);
  for (const line of signatures) {
    const keyEpoch = keyEpochOf(line.signature);
    const address = keyEpoch === undefined ? undefined : log.keys[keyEpoch];
    if (keyEpoch === undefined || address === undefined) continue;
    const verifier = eip712NoteVerifier({ registry: log.registry, logId: log.logId, address }, keyEpoch);
    if (verifier.name !== line.name || verifier.keyId !== line.keyId) continue;
    if (!verifier.verify(text, line.signature)) continue;
    return { source, as: "served", note, size, root, key: { keyEpoch, signature: toHex(line.signature.subarray(2)) } };
  }
  return { source, as: "served", note, size, root };
}

/** Someone who can show how a log came to be: a folder, a server, a mirror's copy. */
export interface Prover {
  readonly name: string;
  rootAt(size: bigint): Promise<Uint8Array>;
  consistencyProof(oldSize: bigint, newSize: bigint): Promise<readonly Uint8Array[]>;
}

/** How an older head stands to a newer one. */
export type Relation =
  | { readonly kind: "consistent" }
  | {
      readonly kind: "contradiction";
      /** The root that the newer head's history has at the older size, with a proof. */
      readonly trueRoot: Uint8Array;
      readonly proof: readonly Uint8Array[];
      /** Who gave them; absent where none was needed. */
      readonly by?: string;
    }
  /** Nobody asked has the newer head's history; `why` has a sentence of each. */
  | { readonly kind: "unknown"; readonly why: readonly string[] };

/**
 * Holds an older head against a newer one. Nobody asked is believed: a root counts only with a consistency proof that
 * leads from it to the newer head.
 */
export async function relate(older: Head, newer: Head, provers: readonly Prover[]): Promise<Relation> {
  if (older.size === newer.size) return verdict(older.root, newer.root, []);
  if (older.size === 0n) return verdict(older.root, emptyRoot, []);
  const why: string[] = [];
  for (const prover of provers) {
    try {
      const trueRoot = await prover.rootAt(older.size);
      const proof = await prover.consistencyProof(older.size, newer.size);
      if (verifyConsistency(older.size, newer.size, trueRoot, newer.root, proof)) {
        return verdict(older.root, trueRoot, proof, prover.name);
      }
      why.push(`${prover.name} has another history`);
    } catch (error) {
      why.push(`${prover.name}: ${sentenceOf(error)}`);
    }
  }
  return { kind: "unknown", why };
}

function verdict(said: Uint8Array, trueRoot: Uint8Array, proof: readonly Uint8Array[], by?: string): Relation {
  if (equal(said, trueRoot)) return { kind: "consistent" };
  return { kind: "contradiction", trueRoot, proof, ...(by === undefined ? {} : { by }) };
}
