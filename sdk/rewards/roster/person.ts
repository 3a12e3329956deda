import { z } from "zod";

import { concat, fromHex, toHex, utf8, type Hex } from "../../common/bytes.js";
import { addressText, hash32, hexText } from "../../common/schema.js";
import { sha256 } from "../../common/sha256.js";

/** A person as the department knows them; never on chain, and on disk encrypted only. */
export interface Person {
  readonly staffNumber: string;
  readonly name?: string;
  readonly unit: string;
  /** The pseudonym. */
  readonly subject: Hex;
  /** That is bound to the pseudonym. */
  readonly account: Hex;
  /** What the pseudonym is for, 32 bytes. */
  readonly domain: Hex;
  /** 32 random bytes that, with the staff number, open the pseudonym's commitment: the person's and the member's alone. */
  readonly opening: Hex;
  /** Whether the department keeps the account's key. */
  readonly held: boolean;
  /** Not on chain yet: an import is under way or was killed. */
  readonly pending?: true;
  /** What the account signed, until it is on chain: the last second in which it counts, and the signature. */
  readonly consent?: { readonly deadline: number; readonly signature: Hex };
  /** The import that brought the person. */
  readonly import?: Hex;
  /** What the latest import that changed something found, so that it can be undone. */
  readonly former?: { readonly import: Hex; readonly name?: string; readonly unit: string };
}

/** Characters that a staff number may have. */
export const staffNumberLength = 64;

const name = z.string().min(1).max(200);

export const personSchema = z.strictObject({
  staffNumber: z.string().min(1).max(staffNumberLength),
  name: name.optional(),
  unit: name,
  subject: hash32,
  account: addressText.transform((text) => text.toLowerCase() as Hex),
  domain: hash32,
  opening: hash32,
  held: z.boolean(),
  pending: z.literal(true).optional(),
  consent: z.strictObject({ deadline: z.int().min(0), signature: hexText }).optional(),
  import: hash32.optional(),
  former: z.strictObject({ import: hash32, name: name.optional(), unit: name }).optional(),
});

const commitmentTag = utf8("stele.person.v1\0");

/**
 * The commitment that a subject id is made of: SHA-256("stele.person.v1" ‖ 0x00 ‖ opening ‖ staff number in UTF-8).
 * Without the 32 random bytes of the opening nobody can try staff numbers.
 */
export function personCommitment(staffNumber: string, opening: Hex): Hex {
  return toHex(sha256(concat(commitmentTag, fromHex(opening, 32), utf8(staffNumber))));
}
