import { verifyTypedData, type Signer, type TypedDataDomain, type TypedDataField } from "ethers";

import { concat, fromHex, toHex, utf8, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { parseCheckpoint, suiteOrigin } from "./checkpoint.js";
import { keyIdOf, type NoteSigner, type NoteVerifier } from "./note.js";

/** The contract that the signatures are for. */
export interface Registry {
  readonly chainId: bigint;
  readonly address: string;
}

/** A head of a log, as signatures name it. */
export interface SignedHead {
  readonly logId: Hex;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** What a log's checkpoint key signs. */
export interface CheckpointStatement extends SignedHead {
  /** Which of the log's keys, counted by the registry from 0. */
  readonly keyEpoch: number;
}

/** What a witness (`Cosignature`) or a mirror (`Holding`) signs. */
export interface TimedStatement extends SignedHead {
  /** Seconds, of the signer's clock. */
  readonly time: bigint;
}

/** Any ethers signer. */
export type TypedDataSigner = Pick<Signer, "getAddress" | "signTypedData">;

const field = (type: string, name: string): TypedDataField => ({ type, name });
const head = [field("uint64", "size"), field("bytes32", "root")];

/** The types of ILogRegistry, for wallets and other languages. */
export const types = {
  Checkpoint: [field("bytes32", "logId"), field("uint16", "keyEpoch"), ...head],
  Cosignature: [field("bytes32", "logId"), ...head, field("uint40", "time")],
  Holding: [field("bytes32", "logId"), ...head, field("uint40", "time")],
} as const satisfies Record<string, readonly TypedDataField[]>;

/** EIP-712 domain of a LogRegistry. */
export function domainOf({ chainId, address }: Registry): TypedDataDomain {
  return { name: "Stele LogRegistry", version: "1", chainId, verifyingContract: address };
}

/** Signs a head as the log's checkpoint key. */
export function signCheckpoint(signer: TypedDataSigner, registry: Registry, statement: CheckpointStatement) {
  return sign(signer, registry, "Checkpoint", statement);
}

/** Signs a head as a witness. */
export function signCosignature(signer: TypedDataSigner, registry: Registry, statement: TimedStatement) {
  return sign(signer, registry, "Cosignature", statement);
}

/** Signs a head as a mirror that holds its entries. */
export function signHolding(signer: TypedDataSigner, registry: Registry, statement: TimedStatement) {
  return sign(signer, registry, "Holding", statement);
}

/** Address whose key signed the statement; undefined where the bytes are no signature. */
export function recoverCheckpoint(registry: Registry, statement: CheckpointStatement, signature: Hex) {
  return recover(registry, "Checkpoint", statement, signature);
}

/** As {@link recoverCheckpoint}, for a witness. */
export function recoverCosignature(registry: Registry, statement: TimedStatement, signature: Hex) {
  return recover(registry, "Cosignature", statement, signature);
}

/** As {@link recoverCheckpoint}, for a mirror. */
export function recoverHolding(registry: Registry, statement: TimedStatement, signature: Hex) {
  return recover(registry, "Holding", statement, signature);
}

/** The log and key behind a checkpoint note's EIP-712 line. */
export interface CheckpointKey {
  readonly registry: Registry;
  readonly logId: Hex;
  readonly address: string;
}

/** How the EIP-712 line names itself; the byte 0xff is signed-note's for types without a number of their own. */
const lineType = concat(Uint8Array.of(0xff), utf8("stele/eip712-checkpoint/v1"));

/** The note signer for a checkpoint key: the line's signature is keyEpoch (uint16) ‖ r ‖ s ‖ v. */
export async function eip712NoteSigner(
  signer: TypedDataSigner,
  key: Omit<CheckpointKey, "address">,
  keyEpoch: number,
): Promise<NoteSigner> {
  const { registry, logId } = key;
  const line = lineOf({ registry, logId, address: await signer.getAddress() });
  return {
    ...line,
    async sign(text) {
      const statement = statementOf(text, line.name, logId, keyEpoch);
      if (statement === undefined) {
        throw new SteleError(
          "usage",
          `a checkpoint key signs checkpoints of ${line.name} without extension lines only`,
        );
      }
      return concat(uint16(keyEpoch), fromHex(await signCheckpoint(signer, registry, statement), 65));
    },
  };
}

/**
 * The note verifier for a checkpoint key.
 * @param keyEpoch accept only the key's signatures as this epoch's
 */
export function eip712NoteVerifier(key: CheckpointKey, keyEpoch?: number): NoteVerifier {
  const line = lineOf(key);
  return {
    ...line,
    verify(text, blob) {
      const given = keyEpochOf(blob);
      if (given === undefined || (keyEpoch !== undefined && keyEpoch !== given)) return false;
      const statement = statementOf(text, line.name, key.logId, given);
      if (statement === undefined) return false;
      const signed = recoverCheckpoint(key.registry, statement, toHex(blob.subarray(2)));
      return signed?.toLowerCase() === key.address.toLowerCase();
    },
  };
}

/** Key epoch of an EIP-712 line; undefined where the line cannot be one. */
export function keyEpochOf(blob: Uint8Array): number | undefined {
  return blob.length === 67 ? blob[0]! * 256 + blob[1]! : undefined;
}

function lineOf({ registry, logId, address }: CheckpointKey): { name: string; keyId: number } {
  const name = suiteOrigin(registry.chainId, logId);
  return { name, keyId: keyIdOf(name, concat(lineType, fromHex(address, 20))) };
}

/**
 * What the EIP-712 line says of a note's text. It does not cover extension lines, so a checkpoint that has any is none
 * that it can vouch for.
 */
function statementOf(text: string, origin: string, logId: Hex, keyEpoch: number): CheckpointStatement | undefined {
  let checkpoint;
  try {
    checkpoint = parseCheckpoint(text);
  } catch {
    return undefined;
  }
  if (checkpoint.origin !== origin || checkpoint.extensions.length > 0) return undefined;
  return { logId, keyEpoch, size: checkpoint.size, root: checkpoint.root };
}

type Kind = keyof typeof types;

async function sign(signer: TypedDataSigner, registry: Registry, kind: Kind, statement: SignedHead): Promise<Hex> {
  return (await signer.signTypedData(domainOf(registry), typeOf(kind), { ...statement })) as Hex;
}

function recover(registry: Registry, kind: Kind, statement: SignedHead, signature: Hex): string | undefined {
  try {
    return verifyTypedData(domainOf(registry), typeOf(kind), { ...statement }, signature);
  } catch {
    return undefined;
  }
}

function typeOf(kind: Kind): Record<string, TypedDataField[]> {
  return { [kind]: [...types[kind]] };
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
