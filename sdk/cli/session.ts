import type { Provider, Signer } from "ethers";

import type { Hex } from "../common/bytes.js";

/** A transaction that a command wants: what is called, in words and in bytes. */
export interface Call {
  /** Contract's name in the directory. */
  readonly contract: string;
  readonly address: string;
  readonly method: string;
  /** Arguments by name. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly data: Hex;
  /** What it does, for people: "open log audit.events/ledger". */
  readonly label: string;
}

/** What became of a call. */
export type Submitted =
  | { readonly kind: "sent"; readonly hash: string; readonly block: number; readonly gasUsed: bigint }
  | { readonly kind: "simulated"; readonly gas: bigint }
  | { readonly kind: "proposed"; readonly file: string };

/** A network, a deployment on it and, for commands that write, an account. */
export interface Session {
  readonly provider: Provider;
  /**
   * The account that sends.
   * @throws SteleError `usage` where neither --key nor --account says which
   */
  signer(): Promise<Signer>;
  /** Sends through the durable sender, or simulates (`--dry-run`), or collects for a proposal file (`--propose`). */
  submit(call: Call): Promise<Submitted>;
  /** Writes a collected proposal and lets go of everything. */
  close(): Promise<void>;
}
