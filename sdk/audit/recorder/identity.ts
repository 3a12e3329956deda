import type { Hex } from "../../common/bytes.js";
import { addressText, parseWith } from "../../common/schema.js";
import type { Actor, Operations, Recorded } from "./operations.js";

/** A change of who may touch data. */
export interface IdentityChange {
  readonly change: "added" | "removed" | "role" | "key";
  /** The account that changes. */
  readonly account: string;
  /** The role that it has from now on, for `added` and `role`. */
  readonly role?: string;
  /** The account that it replaces, for `key`. */
  readonly replaces?: string;
}

/** Records a change of identity, and makes it where it is made here. */
export async function identity<T>(
  operations: Operations,
  actor: Actor,
  change: IdentityChange,
  apply: () => Promise<T>,
): Promise<Recorded<T>> {
  const account = accountOf(change.account, "account");
  const replaces = change.replaces === undefined ? {} : { replaces: accountOf(change.replaces, "replaces") };
  const role = change.role === undefined ? {} : { role: change.role };
  return operations.perform(actor, { operation: "identity", subject: account }, async () => {
    const result = await apply();
    return { data: { change: change.change, ...role, ...replaces }, handOut: () => result };
  });
}

function accountOf(text: string, field: string): Hex {
  return parseWith(addressText, text, { field }).toLowerCase() as Hex;
}
