import { equal, fromHex, toHex, type Hex } from "../common/bytes.js";
import { SteleError, type Place } from "../common/errors.js";
import { parseBundle, verifyBundle, type ProofBundle, type Shown, type Trust } from "../proof/bundle.js";
import { readSuiteOrigin, readUnverified, type Checkpoint } from "../proof/checkpoint.js";
import { eip712NoteVerifier, keyEpochOf } from "../proof/eip712.js";
import { parseNote } from "../proof/note.js";
import { headerLength } from "../records/header.js";
import { recordStates, type RecordState } from "../records/desk.js";
import { readLogState, type LogState } from "./log-state.js";
import { reading } from "./reading.js";
import type { Suite } from "./suite.js";

/** Where missing proofs come from: the log itself, or whatever serves it. */
export interface ProofSource {
  consistencyProof(oldSize: bigint, newSize: bigint): Promise<readonly Uint8Array[]>;
  inclusionProof(index: bigint, size: bigint): Promise<readonly Uint8Array[]>;
}

/** What the desk says of a record. */
export interface RecordStanding {
  readonly state: RecordState;
  readonly valid: boolean;
  readonly disputed: boolean;
  /** Block seconds, a day at most above the truth. */
  readonly anchoredBy: bigint;
  /** Block seconds; 0 for never. */
  readonly expires: bigint;
}

/** What the chain says of a bundle. */
export interface ChainVerdict {
  /** Anchored, in a log that is not frozen, and valid where it is a record the desk was asked about. */
  readonly good: boolean;
  /** The bundle's entry is in the log whose head is on the chain. */
  readonly anchored: boolean;
  readonly shown: Shown;
  readonly log: LogState;
  /** The registered key that signed the checkpoint. */
  readonly checkpointKey: { readonly address: Hex; readonly keyEpoch: number; readonly retired: boolean } | undefined;
  /** Where the entry is a record and the desk could be asked. */
  readonly record: RecordStanding | undefined;
  /** One sentence a step, for people. */
  readonly steps: readonly string[];
  /** One sentence for everything that a reader should know besides; not all of it makes the proof bad. */
  readonly problems: readonly string[];
}

/**
 * Verifies a bundle against the chain: the entry is in the log, the log leads to the head that the registry holds, the
 * checkpoint key is the registered one; then the standing of the log and of the record.
 * @param source gives proofs to a newer head than the bundle has; without it such a bundle is not anchored
 * @throws SteleError `input` for what is no bundle, `unproven` where it contradicts itself or the chain
 */
export async function verifyBundleOnChain(
  document: unknown,
  suite: Suite,
  options: { readonly source?: ProofSource; readonly place?: Place } = {},
): Promise<ChainVerdict> {
  const { source, place = {} } = options;
  const bundle = parseBundle(document, place);
  const logId = requireOfSuite(bundle, suite, place);
  const log = await readLogState(suite, logId);
  const checkpoint = readUnverified(bundle.checkpoint);
  const leading = await leadingToHead(bundle, checkpoint, log, source);
  const key = await registeredKey(bundle, suite, logId);
  const trust = trustOf(suite, logId, log, leading.reaches, key, checkpoint.origin);
  if (trust === undefined) {
    throw new SteleError("unproven", "neither the chain's head nor a registered checkpoint key vouches for it", {
      place,
    });
  }
  const shown = verifyBundle(leading.bundle, trust, place);
  const asked = leading.reaches ? await askDesk(suite, shown, bundle, log, source) : {};
  const problems = problemsOf(leading.reaches, shown, log, key, asked.record);
  const steps = [...shown.steps, ...stepsOf(leading.reaches, log), ...(asked.step === undefined ? [] : [asked.step])];
  const good = leading.reaches && log.status === "open" && asked.record?.valid !== false;
  return { good, anchored: leading.reaches, shown, log, checkpointKey: key, record: asked.record, steps, problems };
}

function requireOfSuite(bundle: ProofBundle, suite: Suite, place: Place): Hex {
  const named = readSuiteOrigin(bundle.log.origin);
  const at = { place: { ...place, field: "log.origin" } };
  if (named === undefined) throw new SteleError("input", "is not the name of a suite's log", at);
  const { chainId } = suite.manifest;
  if (named.chainId !== chainId) {
    throw new SteleError("input", `is a log on chain ${named.chainId}, and this network is chain ${chainId}`, at);
  }
  const registry = bundle.log.suite?.registry ?? suite.address("LogRegistry");
  if (registry.toLowerCase() !== suite.address("LogRegistry").toLowerCase()) {
    const sentence = `is ${registry}, and the registry of this deployment is ${suite.address("LogRegistry")}`;
    throw new SteleError("unproven", sentence, { place: { ...place, field: "log.suite.registry" } });
  }
  return named.logId;
}

/** The bundle with a way to the chain's head, where there is one. */
async function leadingToHead(
  bundle: ProofBundle,
  checkpoint: Checkpoint,
  log: LogState,
  source: ProofSource | undefined,
): Promise<{ bundle: ProofBundle; reaches: boolean }> {
  if (checkpoint.size === log.size) {
    const { head: _, ...without } = bundle;
    return { bundle: without, reaches: true };
  }
  if (bundle.head?.size === log.size) return { bundle, reaches: true };
  if (checkpoint.size > log.size || checkpoint.size === 0n || source === undefined) return { bundle, reaches: false };
  const consistency = (await source.consistencyProof(checkpoint.size, log.size)).map(toHex);
  return { bundle: { ...bundle, head: { size: log.size, root: toHex(log.root), consistency } }, reaches: true };
}

/** The registered checkpoint key among the note's signatures. */
async function registeredKey(bundle: ProofBundle, suite: Suite, logId: Hex): Promise<ChainVerdict["checkpointKey"]> {
  const registry = suite.contract("LogRegistry");
  const { chainId } = suite.manifest;
  const present = Number((await reading("the question for the head", () => registry.headOf(logId)))[0].keyEpoch);
  const { text, signatures } = parseNote(bundle.checkpoint);
  for (const { keyId, name, signature } of signatures) {
    const keyEpoch = keyEpochOf(signature);
    if (keyEpoch === undefined || keyEpoch > present) continue;
    const address = (await registry.checkpointKeyOf(logId, keyEpoch)) as Hex;
    const named = { registry: { chainId, address: suite.address("LogRegistry") }, logId, address };
    const verifier = eip712NoteVerifier(named, keyEpoch);
    if (verifier.name !== name || verifier.keyId !== keyId || !verifier.verify(text, signature)) continue;
    return { address, keyEpoch, retired: keyEpoch < present };
  }
  return undefined;
}

function trustOf(
  suite: Suite,
  logId: Hex,
  log: LogState,
  reaches: boolean,
  key: ChainVerdict["checkpointKey"],
  origin: string,
): Trust | undefined {
  if (!reaches && key === undefined) return undefined;
  const registry = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") };
  return {
    ...(reaches ? { head: { origin, size: log.size, root: log.root } } : {}),
    ...(key === undefined ? {} : { checkpointKey: { registry, logId, address: key.address, keyEpoch: key.keyEpoch } }),
  };
}

/** Asks the desk with a proof to the chain's head; without one, what storage alone says is not enough. */
async function askDesk(
  suite: Suite,
  shown: Shown,
  bundle: ProofBundle,
  log: LogState,
  source: ProofSource | undefined,
): Promise<{ record?: RecordStanding; step?: string }> {
  const { entry, index } = shown;
  if (entry.length !== headerLength || entry[0] !== 1 || !equal(entry.subarray(1, 33), fromHex(log.logId))) return {};
  if (!suite.has("RecordDesk")) return {};
  const fits = shown.checkpoint.size === log.size;
  if (!fits && source === undefined) {
    return { step: "The record's standing was not asked: that takes an inclusion proof at the chain's head." };
  }
  const proof = fits ? bundle.inclusion : (await source!.inclusionProof(index, log.size)).map(toHex);
  const status = await reading("the question for the record", () =>
    suite.contract("RecordDesk").stateOf({ logId: log.logId, index, header: toHex(entry), proof: [...proof] }),
  );
  const { valid, disputed, anchoredBy, expires } = status;
  const state = recordStates[Number(status.state)] ?? "recorded";
  const step = `The desk says of the record: ${state}${disputed ? ", disputed" : ""}, ${valid ? "valid" : "not valid"}.`;
  return { record: { state, valid, disputed, anchoredBy, expires }, step };
}

function stepsOf(reaches: boolean, log: LogState): string[] {
  if (!reaches) return [];
  return [`The registry holds the log's head at ${log.size} entries; the log is ${log.status}.`];
}

function problemsOf(
  reaches: boolean,
  shown: Shown,
  log: LogState,
  key: ChainVerdict["checkpointKey"],
  record: RecordStanding | undefined,
): string[] {
  const problems: string[] = [];
  const { size } = shown.checkpoint;
  if (!reaches && size > log.size) {
    problems.push(`The checkpoint at ${size} is not anchored yet: the chain's head is at ${log.size}.`);
  } else if (!reaches) {
    problems.push(`Nothing leads from the checkpoint at ${size} to the chain's head at ${log.size}; ask the log.`);
  }
  if (log.status === "frozen") problems.push("The log is frozen: somebody proved that its key signed two histories.");
  if (log.overdueSince > 0n) problems.push(`The log was overdue at ${time(log.overdueSince)}; the mark is permanent.`);
  if (key?.retired) problems.push(`The checkpoint is signed by a retired key (epoch ${key.keyEpoch}).`);
  if (record?.valid === false) problems.push(`The record is not valid (${record.state}).`);
  if (record?.disputed) problems.push("The record is disputed.");
  return problems;
}

function time(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString();
}
