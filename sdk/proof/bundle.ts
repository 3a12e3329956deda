import { z } from "zod";

import { equal, fromHex, toHex, type Hex } from "../common/bytes.js";
import { SteleError, type Place } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { addressText, hash32, hexText, parseWith, wholeNumber } from "../common/schema.js";
import { parseCheckpoint, readSuiteOrigin, readUnverified, type Checkpoint } from "./checkpoint.js";
import { ed25519Verifier } from "./ed25519.js";
import { eip712NoteVerifier, type Registry } from "./eip712.js";
import { hashLength, leafHash, maxTreeSize, verifyConsistency, verifyInclusion } from "./merkle.js";
import { nameOfKey, openNote, parseNote, type NoteVerifier, type SignedNote } from "./note.js";

const treeSize = wholeNumber.refine((size) => size < maxTreeSize, "is no tree size: it is 2^64 or more");
const proof = z.array(hash32).max(65, "has more elements than any proof");

const bundleSchema = z.strictObject({
  format: z.literal("stele-proof/1", { error: 'is not "stele-proof/1"' }),
  log: z.strictObject({
    origin: z.string().min(1, "is empty"),
    suite: z.strictObject({ chainId: wholeNumber, registry: addressText, logId: hash32 }).optional(),
  }),
  index: treeSize,
  entry: hexText.refine((text) => text.length <= 2 + 2 * 65_535, "is longer than an entry can be"),
  inclusion: proof,
  checkpoint: z.string(),
  head: z.strictObject({ size: treeSize, root: hash32, consistency: proof }).optional(),
});

/**
 * Everything that shows one entry of a log, in one document: the entry, its place, the path to the root of a signed
 * checkpoint, and where wanted the way from that checkpoint to a later head (the chain's).
 */
export type ProofBundle = z.output<typeof bundleSchema>;

/** What the reader of a bundle trusts; at least one. Everything named must hold. */
export interface Trust {
  /** Ed25519 verifier key (`name+id+key`) of the log; it vouches for the origin that it is named after. */
  readonly verifierKey?: string;
  /** Address of the checkpoint key of this log of this registry, and its epoch where only one will do. */
  readonly checkpointKey?: {
    readonly registry: Registry;
    readonly logId: Hex;
    readonly address: string;
    readonly keyEpoch?: number;
  };
  /** A head of this origin that one knows from elsewhere: the bundle's checkpoint or its later head must be it. */
  readonly head?: { readonly origin: string; readonly size: bigint; readonly root: Uint8Array };
}

/** What a verified bundle shows. */
export interface Shown {
  readonly origin: string;
  readonly suite: ProofBundle["log"]["suite"];
  readonly index: bigint;
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly checkpoint: Checkpoint;
  /** The later head that the checkpoint was shown to lead to. */
  readonly head: { readonly size: bigint; readonly root: Uint8Array } | undefined;
  /** One sentence a step, in order, for people. */
  readonly steps: readonly string[];
}

/**
 * Reads a bundle: JSON text, or what such text says.
 * @throws SteleError `input`, naming the field
 */
export function parseBundle(document: unknown, place: Place = {}): ProofBundle {
  const bundle = parseWith(bundleSchema, typeof document === "string" ? readJson(document, place) : document, place);
  located({ ...place, field: "checkpoint" }, () => readUnverified(bundle.checkpoint));
  const { origin, suite } = bundle.log;
  const named = readSuiteOrigin(origin);
  if (suite !== undefined && (named?.chainId !== suite.chainId || named.logId !== suite.logId)) {
    throw new SteleError("input", "names another log or chain than the origin", {
      place: { ...place, field: "log.suite" },
    });
  }
  return bundle;
}

/** Writes a bundle as JSON text that {@link parseBundle} reads. */
export function formatBundle(bundle: ProofBundle): string {
  const text = JSON.stringify(
    bundle,
    (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
  return `${text}\n`;
}

/**
 * Verifies a bundle offline: the entry is in the tree of the checkpoint, the checkpoint is vouched for by everything
 * that the reader trusts, and it leads to the bundle's later head, where it has one.
 * @throws SteleError `input` for what is no bundle, `unproven` naming the field that does not hold
 * @example
 * const shown = verifyBundle(await readFile("proof.json", "utf8"), { verifierKey });
 * for (const step of shown.steps) console.log(step);
 */
export function verifyBundle(document: unknown, trust: Trust, place: Place = {}): Shown {
  const bundle = parseBundle(document, place);
  const steps: string[] = [];
  const { note, checkpoint } = readCheckpoint(bundle, place);
  const entry = fromHex(bundle.entry);
  const leaf = leafHash(entry);
  if (
    !verifyInclusion(
      leaf,
      bundle.index,
      checkpoint.size,
      checkpoint.root,
      bundle.inclusion.map((one) => fromHex(one)),
    )
  ) {
    throw unproven(
      place,
      "inclusion",
      `does not show the entry at ${bundle.index} of the ${checkpoint.size} of the checkpoint`,
    );
  }
  steps.push(
    `The entry with leaf hash ${toHex(leaf)} is number ${bundle.index} of ${checkpoint.size} in ${checkpoint.origin}.`,
  );
  const head = readHead(bundle, checkpoint, place);
  if (head !== undefined) steps.push(`The log later grew to ${head.size} entries without changing any of these.`);
  steps.push(...vouched(bundle, checkpoint, head, note, trust, place));
  const { index } = bundle;
  return { origin: checkpoint.origin, suite: bundle.log.suite, index, entry, leafHash: leaf, checkpoint, head, steps };
}

function readCheckpoint(bundle: ProofBundle, place: Place): { note: SignedNote; checkpoint: Checkpoint } {
  const at = { ...place, field: "checkpoint" };
  const note = located(at, () => parseNote(bundle.checkpoint));
  const checkpoint = located(at, () => parseCheckpoint(note.text));
  if (checkpoint.origin !== bundle.log.origin) {
    throw unproven(place, "checkpoint", `is of ${checkpoint.origin}, not of ${bundle.log.origin}`);
  }
  return { note, checkpoint };
}

function readHead({ head }: ProofBundle, checkpoint: Checkpoint, place: Place): Shown["head"] {
  if (head === undefined) return undefined;
  const { size } = head;
  const root = fromHex(head.root, hashLength);
  const path = head.consistency.map((one) => fromHex(one));
  if (!verifyConsistency(checkpoint.size, size, checkpoint.root, root, path)) {
    throw unproven(
      place,
      "head.consistency",
      `does not lead from the checkpoint at ${checkpoint.size} to the head at ${size}`,
    );
  }
  return { size, root };
}

/** Holds the bundle against everything the reader trusts. */
function vouched(
  bundle: ProofBundle,
  checkpoint: Checkpoint,
  head: Shown["head"],
  note: SignedNote,
  trust: Trust,
  place: Place,
): string[] {
  const steps: string[] = [];
  const keys: [NoteVerifier, string][] = [];
  if (trust.verifierKey !== undefined) {
    const key = ed25519Verifier(trust.verifierKey);
    keys.push([key, `The checkpoint is signed by the Ed25519 key ${nameOfKey(key)}.`]);
  }
  if (trust.checkpointKey !== undefined) {
    const { address, keyEpoch, registry } = trust.checkpointKey;
    const key = eip712NoteVerifier(trust.checkpointKey, keyEpoch);
    checkSuite(bundle, registry, place);
    keys.push([key, `The checkpoint is signed by the checkpoint key ${address} for the registry ${registry.address}.`]);
  }
  for (const [key, sentence] of keys) {
    if (key.name !== checkpoint.origin) {
      throw unproven(place, "log.origin", `is ${checkpoint.origin}, and the trusted key is for ${key.name}`);
    }
    located({ ...place, field: "checkpoint" }, () => openNote(bundle.checkpoint, [key]));
    steps.push(sentence);
  }
  if (trust.head !== undefined) steps.push(matchHead(trust.head, checkpoint, head, place));
  if (steps.length === 0)
    throw new SteleError("usage", "name something to trust: a verifier key, a checkpoint key or a head");
  if (keys.length === 0 && note.signatures.length > 0) steps.push("The checkpoint's signatures were not looked at.");
  return steps;
}

function checkSuite({ log }: ProofBundle, registry: Registry, place: Place): void {
  if (log.suite === undefined || log.suite.registry.toLowerCase() === registry.address.toLowerCase()) return;
  throw unproven(
    place,
    "log.suite.registry",
    `is ${log.suite.registry}, and the trusted key is for ${registry.address}`,
  );
}

function matchHead(
  trusted: NonNullable<Trust["head"]>,
  checkpoint: Checkpoint,
  head: Shown["head"],
  place: Place,
): string {
  if (trusted.origin !== checkpoint.origin) {
    throw unproven(place, "log.origin", `is ${checkpoint.origin}, and the trusted head is of ${trusted.origin}`);
  }
  const known = [checkpoint, head].find((one) => one?.size === trusted.size);
  if (known === undefined) {
    throw unproven(
      place,
      head === undefined ? "checkpoint" : "head.size",
      `does not reach the trusted head at ${trusted.size}`,
    );
  }
  if (!equal(known.root, trusted.root)) {
    const field = known === head ? "head.root" : "checkpoint";
    throw unproven(place, field, `has another root at ${trusted.size} than the trusted head`);
  }
  return `Its root at ${trusted.size} is the trusted one, ${toHex(trusted.root)}.`;
}

function located<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SteleError ? error.at(place) : error;
  }
}

function unproven(place: Place, field: string, sentence: string): SteleError {
  return new SteleError("unproven", sentence, { place: { ...place, field } });
}
