import type { Signer } from "ethers";

import type { Connection } from "./connection.js";
import type { Replacement } from "./fees.js";
import type { SenderEvent } from "./intent.js";

export interface SenderOptions {
  readonly connection: Connection;
  /** Must be able to sign a raw transaction: a wallet, not an account that the node keeps. */
  readonly signer: Signer;
  /** Where the journal lies; one folder can serve many accounts and chains. */
  readonly folder: string;
  /** Added to an estimate, per cent; 25 unless said. */
  readonly gasMargin?: number;
  /** Signed transactions that may wait at once; 64 unless said. */
  readonly maxPending?: number;
  /** Seconds that `send` waits for the end of a signed transaction before it rejects; 300 unless said. */
  readonly patience?: number;
  /** Seconds after which bytes that are in no block are sent again; 15 unless said. */
  readonly resendAfter?: number;
  /** Seconds that a used-up nonce shows no receipt of ours before it counts as lost; 5 unless said. */
  readonly lostAfter?: number;
  /** `dynamic` fee mode only. 40 looks, 15 per cent, 8 times unless said. */
  readonly replacement?: Replacement;
  readonly onEvent?: (event: SenderEvent) => void;
}
