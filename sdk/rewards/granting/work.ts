import type { Hex } from "../../common/bytes.js";
import type { Call, Submission } from "../../chain/governance/call.js";
import type { LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import type { SignedGrant } from "../awards/signing.js";

/** Signs typed data as the account that sends; absent where it cannot, a multisig's for instance. */
export interface GrantSigner {
  readonly address: Hex;
  signGrant(grant: SignedGrant): Promise<Hex>;
}

/** What all awards of an import share. */
export interface SharedTerms {
  readonly typeId: bigint;
  /** Member. */
  readonly issuer: bigint;
  /** 0 for what the type says. */
  readonly expires: bigint;
  /** The log of the records that the awards rest on. */
  readonly evidenceLog?: Hex | undefined;
}

/** The steps that are long. */
export type Stage = "check" | "plan" | "leaves" | "grant" | "points" | "undo";

/** The chain as an import works with it. */
export interface GrantingChain {
  readonly suite: Suite;
  /** Events from the deployment on. */
  readonly source: LogSource;
  /** Sends exactly once under a key, or simulates, or proposes. */
  submit(call: Call, key?: string): Promise<Submission>;
  readonly signer?: GrantSigner | undefined;
  /** `submit` only simulates: nothing is signed, and nothing written down that a later run would go by. */
  readonly rehearsal?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: Stage, done: bigint, total: bigint) => void) | undefined;
}

/** What was given to the chain. */
export interface Step {
  readonly what: string;
  readonly submission: Submission;
}
