import { Interface, type Provider } from "ethers";

import { AccessManager__factory, type AccessManager } from "../../../typechain-types/index.js";
import type { Hex } from "../../common/bytes.js";
import { bindings } from "../suite.js";
import { logsInRanges, type LogSource } from "./logs.js";
import { roles } from "./roles.js";

/** One account's role, as the chain has it. */
export interface Holding {
  readonly role: bigint;
  readonly account: string;
  /** Seconds between scheduling and execution. */
  readonly delay: bigint;
  /** Seconds; when the role takes effect. */
  readonly since: bigint;
}

/** One function's role, as the chain has it. */
export interface Mapping {
  readonly target: string;
  readonly selector: string;
  readonly role: bigint;
}

/** An operation that is scheduled and neither executed nor cancelled nor expired. */
export interface Pending {
  readonly id: string;
  readonly caller: string;
  readonly target: string;
  readonly data: Hex;
  /** Seconds; from then on it can be executed. */
  readonly due: bigint;
  /** Seconds; until then. */
  readonly expires: bigint;
}

/** Everything that the AccessManager says about who may do what. */
export interface Access {
  readonly holdings: readonly Holding[];
  readonly mappings: readonly Mapping[];
  readonly guardians: readonly { readonly role: bigint; readonly guardian: bigint }[];
  readonly admins: readonly { readonly role: bigint; readonly admin: bigint }[];
  readonly closed: readonly string[];
  readonly pending: readonly Pending[];
}

const abi = new Interface(AccessManager__factory.abi);
