import { Wallet } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { guarded } from "../../log/sqlite-errors.js";
import { transact, wipe, type OpenRoster } from "./layout.js";

/**
 * Keys of accounts that the department holds for people without a wallet, each sealed beside the roster. They are
 * random, so that destroying one is final, and they never leave but as a signer.
 */
export class Custody {
  readonly #roster: OpenRoster;

  constructor(roster: OpenRoster) {
    this.#roster = roster;
  }

  /** Keeps the key of a new account; for callers inside a transaction. */
  keep(wallet: Pick<Wallet, "address" | "privateKey">): void {
    const { db, sealer } = this.#roster;
    const account = this.#lookup(wallet.address);
    const sealed = sealer.seal("key", Buffer.from(wallet.privateKey.slice(2), "hex"), [account]);
    db.prepare("INSERT INTO custody VALUES (?, ?)").run(account, sealed);
  }

  /** Whether an account's key is here. */
  holds(account: Hex): boolean {
    return this.#sealed(account) !== undefined;
  }

  /**
   * The signer of a held account.
   * @throws SteleError `missing` where its key is not here, `corrupt` where it was changed
   */
  signer(account: Hex): Wallet {
    const sealed = this.#sealed(account);
    if (sealed === undefined) throw new SteleError("missing", `the key of ${account} is not kept here`);
    const key = this.#roster.sealer.open("key", sealed, [this.#lookup(account)]);
    const wallet = key === undefined ? undefined : new Wallet(`0x${Buffer.from(key).toString("hex")}`);
    if (wallet?.address.toLowerCase() === account.toLowerCase()) return wallet;
    throw new SteleError("corrupt", `the key of ${account} was changed; restore the roster from a backup`, {
      place: { file: this.#roster.file },
    });
  }

  /** Destroys a key for good: after the person has claimed the account, or was removed. */
  destroy(account: Hex): void {
    transact(this.#roster, () => this.drop(account));
    wipe(this.#roster);
  }

  /** The same for callers inside a transaction, who wipe afterwards. */
  drop(account: Hex): void {
    this.#roster.db.prepare("DELETE FROM custody WHERE account = ?").run(this.#lookup(account));
  }

  #sealed(account: Hex): Uint8Array | undefined {
    const { db, file } = this.#roster;
    const row = guarded(file, () =>
      db.prepare("SELECT sealed FROM custody WHERE account = ?").get(this.#lookup(account)),
    );
    return row?.["sealed"] as Uint8Array | undefined;
  }

  #lookup(account: string): Uint8Array {
    return this.#roster.sealer.lookup("account", account.toLowerCase());
  }
}
