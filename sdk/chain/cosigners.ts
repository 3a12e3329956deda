import { toHex, type Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import type { Head } from "../log/store.js";
import type { Mirror, MirrorSource } from "../log/mirror.js";
import type { Cosigned, Witness } from "../log/witness.js";
import { capabilities } from "./capabilities.js";
import { reading } from "./reading.js";
import type { Suite } from "./suite.js";

/** What cosigners read of a log. */
export type CosignedLog = MirrorSource & { rootAt(size: bigint): Promise<Uint8Array> };

/** Who cosigns a log's heads, and how many the log's policy asks for. */
export interface Cosigners {
  readonly witnesses: readonly Witness[];
  readonly mirrors: readonly Mirror[];
  readonly witnessesNeeded: number;
  readonly mirrorsNeeded: number;
}

/** A head that is to be cosigned. */
export interface CosignedHead extends Head {
  readonly logId: Hex;
  /** Checkpoint note of the log at this head. */
  readonly checkpoint: string;
}

/** Signatures in the order that the registry asks for. */
export interface Signatures {
  readonly witnesses: readonly Cosigned[];
  readonly mirrors: readonly Cosigned[];
}

/** The largest head that any witness already signed; no smaller one can be signed by it any more. */
export async function witnessedSize(cosigners: Cosigners, logId: Hex): Promise<bigint> {
  if (cosigners.witnessesNeeded === 0) return 0n;
  const heads = await Promise.allSettled(cosigners.witnesses.map((witness) => witness.headOf(logId)));
  const sizes = heads.map((head) => (head.status === "fulfilled" ? head.value.size : 0n));
  return sizes.reduce((most, size) => (size > most ? size : most), 0n);
}

/**
 * Collects as many signatures as the policy asks for. A witness that fails is passed over while others are enough.
 * @throws SteleError `missing` where too few sign, with the first one's reason
 */
export async function collect(
  suite: Suite,
  log: CosignedLog,
  head: CosignedHead,
  cosigners: Cosigners,
  signal: AbortSignal | undefined,
): Promise<Signatures> {
  const { witnesses, mirrors, witnessesNeeded, mirrorsNeeded } = cosigners;
  const work = signal === undefined ? {} : { signal };
  const cosign = async (witness: Witness) => witness.cosign(await requestTo(witness, log, head));
  const hold = (mirror: Mirror) => mirror.hold(requestFrom(head, { size: 0n }, []), log, work);
  const [seen, held] = await Promise.all([
    enough(suite, capabilities.WITNESS, witnesses, witnessesNeeded, "witness", cosign),
    enough(suite, capabilities.MIRROR, mirrors, mirrorsNeeded, "mirror", hold),
  ]);
  return { witnesses: seen, mirrors: held };
}

/**
 * Refuses where fewer are named than the policy asks for.
 * @throws SteleError `missing`
 */
export function requireNamed({ witnesses, witnessesNeeded, mirrors, mirrorsNeeded }: Cosigners): void {
  const asked = [
    ["witness", witnessesNeeded, witnesses.length],
    ["mirror", mirrorsNeeded, mirrors.length],
  ] as const;
  for (const [what, needed, named] of asked) {
    if (named >= needed) continue;
    const sentence = `the log's policy asks for ${needed} ${what} signatures, with ${named} named`;
    throw new SteleError("missing", `${sentence}; name ${needed - named} more`);
  }
}

/** Each witness gets the proof from the head that it remembers. */
async function requestTo(witness: Witness, log: CosignedLog, head: CosignedHead) {
  const known = await witness.headOf(head.logId);
  const same = known.size === 0n || known.size === head.size;
  const proof = same ? [] : await log.consistencyProof(known.size, head.size);
  return requestFrom(head, known, proof);
}

function requestFrom(head: CosignedHead, old: { size: bigint; root?: Uint8Array }, proof: readonly Uint8Array[]) {
  const { logId, size, root, checkpoint } = head;
  const request = { logId, oldSize: old.size, newSize: size, root, proof, checkpoint };
  return old.root === undefined ? request : { ...request, oldRoot: old.root };
}

async function enough<T extends { readonly address: string }>(
  suite: Suite,
  capability: bigint,
  signers: readonly T[],
  needed: number,
  what: string,
  sign: (signer: T) => Promise<Cosigned>,
): Promise<Cosigned[]> {
  if (needed === 0) return [];
  const ends = await Promise.allSettled(
    signers.map(async (signer) => {
      const member = await memberOf(suite, signer.address, capability, what);
      return { member, cosigned: await sign(signer) };
    }),
  );
  const signed = new Map<bigint, Cosigned>();
  const failures: unknown[] = [];
  for (const end of ends) {
    if (end.status === "rejected") failures.push(end.reason);
    else signed.set(end.value.member, end.value.cosigned);
  }
  if (signed.size >= needed) {
    const ascending = [...signed].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return ascending.slice(0, needed).map(([, cosigned]) => cosigned);
  }
  const why = failures.length === 0 ? `name ${needed - signed.size} more` : sentenceOf(failures[0]);
  const sentence = `the log's policy asks for ${needed} ${what} signatures, and ${signed.size} came: ${why}`;
  throw new SteleError("missing", sentence, { cause: failures[0] });
}

async function memberOf(suite: Suite, account: string, capability: bigint, what: string): Promise<bigint> {
  const members = suite.contract("Members");
  const member = await reading(`the question for ${account}`, () => members.hasCapability(account, capability));
  if (member === 0n) throw new SteleError("refused", `account ${account} is no ${what} of the suite`);
  return member;
}

/** Cosignatures as the contract takes them. */
export function encoded(cosigned: readonly Cosigned[]): { signer: string; time: bigint; signature: string }[] {
  return cosigned.map(({ signer, time, signature }) => ({ signer, time, signature }));
}

/** Proof as the contract takes it. */
export function encodedProof(proof: readonly Uint8Array[]): Hex[] {
  return proof.map(toHex);
}
