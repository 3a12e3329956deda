import { secp256k1 } from "@noble/curves/secp256k1.js";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { z } from "zod";

import { concat, equal, fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { hash32, parseWith } from "../../common/schema.js";
import {
  formatMetaAddress,
  isStealthAddress,
  metaAddressOf,
  parseMetaAddress,
  stealthPrivateKey,
} from "../../records/stealth.js";
import { checkedOpening, type RecordOpening } from "./opening.js";

/** A person's own keys: who has them reads what is delivered, and disputes under the one-time addresses. */
export interface PersonKeys {
  readonly format: "stele-person-keys/1";
  /** Opens what is delivered, as age writes it: `AGE-SECRET-KEY-1…`. */
  readonly identity: string;
  /** Private keys behind the meta-address, 32 bytes each. */
  readonly spending: Hex;
  readonly viewing: Hex;
}

/** What a person gives to the office that records them; it is no secret, but it does name one person. */
export interface PersonCard {
  readonly format: "stele-person-card/1";
  /** Openings are sealed to it: `age1…`. */
  readonly recipient: string;
  /** One-time addresses are derived from it: `st:…`. */
  readonly metaAddress: string;
}

const identity = z.string().regex(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/, "is not an age identity");
const keysSchema = z.strictObject({
  format: z.literal("stele-person-keys/1", { error: 'is not "stele-person-keys/1"' }),
  identity,
  spending: hash32,
  viewing: hash32,
});
const cardSchema = z.strictObject({
  format: z.literal("stele-person-card/1", { error: 'is not "stele-person-card/1"' }),
  recipient: z.string().regex(/^age1[0-9a-z]{58}$/, "is not an age recipient"),
  metaAddress: z.string(),
});

/** Fresh keys, of the platform's randomness. */
export async function newPersonKeys(): Promise<PersonKeys> {
  const key = () => toHex(secp256k1.utils.randomSecretKey());
  return { format: "stele-person-keys/1", identity: await generateX25519Identity(), spending: key(), viewing: key() };
}

/** @throws SteleError `input` naming the field; never quotes a key */
export function parsePersonKeys(text: string, place: Place = {}): PersonKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause may quote a key, so it is not kept.
    throw new SteleError("input", "holds no person's keys: it is not JSON", { place });
  }
  return parseWith(keysSchema, value, place);
}

/** @throws SteleError `input` naming the field */
export function parsePersonCard(text: string, place: Place = {}): PersonCard {
  const card = parseWith(cardSchema, readJson(text, place), place);
  try {
    parseMetaAddress(card.metaAddress);
  } catch (error) {
    throw error instanceof SteleError ? error.at({ ...place, field: "metaAddress" }) : error;
  }
  return card;
}

/** The card that belongs to keys. */
export async function cardOf({ identity, spending, viewing }: PersonKeys): Promise<PersonCard> {
  const meta = metaAddressOf(fromHex(spending, 32), fromHex(viewing, 32));
  const recipient = await identityToRecipient(identity);
  return { format: "stele-person-card/1", recipient, metaAddress: formatMetaAddress(meta) };
}

/**
 * The private key of a record's one-time address.
 * @param others openings among which the record stands that this one corrects: both have one address, announced once
 * @throws SteleError `refused` where the record has none, or it belongs to other keys
 */
export function oneTimeKey(
  opening: RecordOpening,
  keys: PersonKeys,
  others: readonly RecordOpening[] = [],
): Uint8Array {
  const { header } = checkedOpening(opening);
  if (header.disputeAddress.every((byte) => byte === 0)) {
    throw new SteleError("refused", "the record has no one-time address; act with the subject's account");
  }
  const privateKeys = { viewingPrivateKey: fromHex(keys.viewing, 32), spendingPrivateKey: fromHex(keys.spending, 32) };
  const { spendingKey } = metaAddressOf(privateKeys.spendingPrivateKey, privateKeys.viewingPrivateKey);
  for (const one of [opening, ...others]) {
    const { announcement, header: other } = checkedOpening(one);
    if (announcement === undefined || !equal(other.disputeAddress, header.disputeAddress)) continue;
    const found = isStealthAddress(header.disputeAddress, announcement, { ...privateKeys, spendingKey });
    if (found) return stealthPrivateKey(announcement, privateKeys);
  }
  throw new SteleError(
    "refused",
    "the record's one-time address does not belong to these keys; act with your account, which shows everybody who you are",
  );
}

/**
 * Seals something for a person, in the age format: `age -d -i KEY FILE` opens it, too.
 * @param recipient of the person's card
 */
export async function sealFor(recipient: string, bytes: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new SteleError("input", "is not an age recipient", { place: { field: "recipient" }, cause });
  }
  return encrypter.encrypt(bytes);
}

/** First bytes of an age file. */
const ageIntro = "age-encryption.org/v1\n";

/** Whether bytes are something that was sealed. */
export function isSealed(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, ageIntro.length)) === ageIntro;
}

/**
 * Opens what was sealed for a person.
 * @throws SteleError `refused` for other keys, or bytes that were changed
 */
export async function openSealed(keys: PersonKeys, bytes: Uint8Array, place: Place = {}): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(keys.identity);
  try {
    return concat(await decrypter.decrypt(bytes));
  } catch (cause) {
    throw new SteleError("refused", "is sealed for other keys, or was changed", { place, cause });
  }
}
