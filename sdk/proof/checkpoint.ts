import { fromBase64, fromHex, toBase64, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { hashLength, maxTreeSize } from "./merkle.js";
import { openNote, parseNote, signNote, type NoteSigner, type NoteVerifier, type OpenedNote } from "./note.js";

/** A log's statement of its tree (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Opaque lines after the root, kept as they are; the suite's own logs write none. */
  readonly extensions: readonly string[];
}

/**
 * Text of a checkpoint, to be signed as a note.
 * @throws SteleError `input` where a part cannot stand in one
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  const lines = [origin, size.toString(), toBase64(root), ...extensions];
  const text = lines.map((line) => `${line}\n`).join("");
  parseCheckpoint(text);
  return text;
}

/**
 * Reads the text of a checkpoint. Verify the note around it before you believe it, see {@link openCheckpoint}.
 * @throws SteleError `input`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw malformed("it does not end with a newline");
  const [origin, size, base64, ...extensions] = lines;
  if (origin === undefined || size === undefined || base64 === undefined)
    throw malformed("it has less than three lines");
  if (lines.includes("")) throw malformed("it holds an empty line");
  if (!/^(0|[1-9][0-9]{0,19})$/.test(size) || BigInt(size) >= maxTreeSize) throw malformed("its size is no tree size");
  return { origin, size: BigInt(size), root: rootOf(base64), extensions };
}

/** A checkpoint of which a known key vouches. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly note: OpenedNote;
}

/**
 * Verifies a checkpoint note against known keys and reads it.
 * @param origin refuse the checkpoint of any other log
 * @throws SteleError `input` or `unproven`
 * @example
 * const { size, root } = openCheckpoint(note, "example.com/log", [ed25519Verifier(vkey)]);
 */
export function openCheckpoint(
  note: string | Uint8Array,
  origin: string,
  known: readonly NoteVerifier[],
): OpenedCheckpoint {
  const opened = openNote(note, known);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== origin) {
    throw new SteleError("unproven", `the checkpoint is of ${checkpoint.origin}, not of ${origin}`);
  }
  return { ...checkpoint, note: opened };
}

/** Reads a checkpoint note without verifying anybody's signature. */
export function readUnverified(note: string | Uint8Array): Checkpoint {
  return parseCheckpoint(parseNote(note).text);
}

/** Signs a checkpoint as a note. */
export function signCheckpointNote(checkpoint: Checkpoint, signers: readonly NoteSigner[]): Promise<string> {
  return signNote(formatCheckpoint(checkpoint), signers);
}

/** Origin of a suite's log: `stele/<chainId>/<logId without 0x>`. */
export function suiteOrigin(chainId: bigint, logId: Hex): string {
  if (fromHex(logId).length !== 32) throw new SteleError("input", "a log id has 32 bytes");
  return `stele/${chainId}/${logId.slice(2).toLowerCase()}`;
}

/** Chain and log of a suite's origin; undefined for the origin of any other log. */
export function readSuiteOrigin(origin: string): { readonly chainId: bigint; readonly logId: Hex } | undefined {
  const match = /^stele\/(0|[1-9][0-9]{0,77})\/([0-9a-f]{64})$/.exec(origin);
  return match === null ? undefined : { chainId: BigInt(match[1]!), logId: `0x${match[2]!}` };
}

function rootOf(base64: string): Uint8Array {
  let root: Uint8Array;
  try {
    root = fromBase64(base64);
  } catch (cause) {
    throw new SteleError("input", "not a checkpoint: its root is not base64", { cause });
  }
  if (root.length !== hashLength) throw malformed(`its root is not ${hashLength} bytes`);
  return root;
}

function malformed(why: string): SteleError {
  return new SteleError("input", `not a checkpoint: ${why}`);
}
