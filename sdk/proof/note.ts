import { concat, fromBase64, fromUtf8, toBase64, utf8 } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { sha256 } from "../common/sha256.js";

/** A signature line of a note: who (name and key id), and the bytes after the key id. */
export interface NoteSignature {
  readonly name: string;
  /** uint32; with the name it stands for one key and its algorithm. */
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A C2SP signed note, taken apart but not verified. */
export interface SignedNote {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Someone whose signature one can check. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  /** Whether `signature` is this key's over `text`; never throws. */
  verify(text: string, signature: Uint8Array): boolean;
}

/** Someone who signs notes. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  sign(text: string): Uint8Array | Promise<Uint8Array>;
}

/** A note of which at least one signature is by a known key. */
export interface OpenedNote {
  readonly text: string;
  readonly verified: readonly NoteSignature[];
  readonly unverified: readonly NoteSignature[];
}

const maxNoteLength = 1_000_000;
const maxSignatures = 100;
const dash = "\u2014 ";

/**
 * Takes a signed note apart (C2SP signed-note). Says nothing about its signatures, see {@link openNote}.
 * @throws SteleError `input`
 */
export function parseNote(note: string | Uint8Array): SignedNote {
  const whole = typeof note === "string" ? note : fromUtf8(note);
  if (whole.length > maxNoteLength) throw malformed(`it is longer than ${maxNoteLength} characters`);
  if (!isCleanText(whole)) throw malformed("it holds a control character or text that is not Unicode");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0) throw malformed("no blank line stands before the signatures");
  const lines = whole.slice(end + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0) throw malformed("it does not end with a signature line");
  if (lines.length > maxSignatures) throw malformed(`it has more than ${maxSignatures} signatures`);
  return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/**
 * Writes a note.
 * @throws SteleError `input` where the parts would not make one
 */
export function formatNote(note: SignedNote): string {
  const lines = note.signatures.map((one) => {
    const blob = concat(uint32(one.keyId), one.signature);
    return `${dash}${one.name} ${toBase64(blob)}\n`;
  });
  const whole = `${note.text}\n${lines.join("")}`;
  const parsed = parseNote(whole);
  if (parsed.text !== note.text || !note.text.endsWith("\n")) throw malformed("its text does not end with a newline");
  return whole;
}

/**
 * Verifies a note against known keys. Signatures of other keys are handed back as unverified; a wrong signature of a
 * known key spoils the whole note; repeated signatures of one key count once, the first.
 * @throws SteleError `input` for what is no note, `unproven` where a known key's signature is wrong or none is there
 * @example
 * const { text } = openNote(note, [ed25519Verifier(vkey)]);
 */
export function openNote(note: string | Uint8Array, known: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const verified = new Map<NoteVerifier, NoteSignature>();
  const unverified = new Map<string, NoteSignature>();
  for (const one of signatures) {
    const keys = known.filter(({ name, keyId }) => name === one.name && keyId === one.keyId);
    const key = keys[0];
    if (keys.length > 1) throw new SteleError("usage", `two known keys are both called ${nameOfKey(one)}`);
    if (key === undefined) unverified.set(`${nameOfKey(one)} ${toBase64(one.signature)}`, one);
    else if (!verified.has(key)) {
      if (!key.verify(text, one.signature))
        throw new SteleError("unproven", `the signature of ${nameOfKey(one)} is wrong`);
      verified.set(key, one);
    }
  }
  if (verified.size === 0) throw new SteleError("unproven", "no known key signed the note");
  return { text, verified: [...verified.values()], unverified: [...unverified.values()] };
}

/**
 * Signs a text.
 * @param text with its final newline
 */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      name: signer.name,
      keyId: signer.keyId,
      signature: await signer.sign(text),
    })),
  );
  return formatNote({ text, signatures });
}

/** Key id by the rule that signed-note recommends: the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key). */
export function keyIdOf(name: string, typeAndKey: Uint8Array): number {
  const digest = sha256(concat(utf8(`${name}\n`), typeAndKey));
  return new DataView(digest.buffer).getUint32(0);
}

/** Whether a text can be a key's name: not empty, no space of any kind, no plus sign. */
export function isKeyName(name: string): boolean {
  return name !== "" && isCleanText(name) && !/[\p{White_Space}+]/u.test(name);
}

/** Name and key id as one text, the way a verifier key begins. */
export function nameOfKey(key: { readonly name: string; readonly keyId: number }): string {
  return `${key.name}+${key.keyId.toString(16).padStart(8, "0")}`;
}

function parseSignature(line: string): NoteSignature {
  const at = line.indexOf(" ", dash.length);
  if (!line.startsWith(dash) || at < 0) throw malformed("a signature line is not: dash, name, signature");
  const name = line.slice(dash.length, at);
  if (!isKeyName(name)) throw malformed("a signature line names no key");
  const blob = decode(line.slice(at + 1));
  if (blob.length < 5) throw malformed("a signature is too short");
  return { name, keyId: new DataView(blob.buffer).getUint32(0), signature: blob.slice(4) };
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw new SteleError("input", "not a signed note: a signature is not base64", { cause });
  }
}

/** Valid Unicode without control characters but newline. */
function isCleanText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  return text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function malformed(why: string): SteleError {
  return new SteleError("input", `not a signed note: ${why}`);
}
