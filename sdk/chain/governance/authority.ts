import { IHaltable__factory } from "../../../typechain-types/index.js";
import type { Suite } from "../suite.js";
import { contractNames, type ContractName } from "../suite.js";
import { abiOf } from "./abi.js";
import { callText } from "./call.js";
import { readAccess, type Access, type Pending } from "./access.js";
import { type LogSource } from "./logs.js";
import { readMembers, type MemberView } from "./members.js";
import { restrictions } from "./roles.js";

/** An operation that waits, in words. */
export interface PendingView extends Pending {
  readonly text: string;
}

/** Who may do what in a suite, as the chain has it. */
export interface Authority {
  readonly access: Access;
  readonly members: readonly MemberView[];
  /** Names of contracts that are halted. */
  readonly halted: readonly string[];
  readonly pending: readonly PendingView[];
}

/** Reads the whole authority of a suite: events in bounded ranges for candidates, then the present state of each. */
export async function readAuthority(suite: Suite, source: LogSource): Promise<Authority> {
  const access = await readAccess(suite.address("AccessManager"), source);
  const members = suite.has("Members") ? await readMembers(suite, source) : [];
  const pending = access.pending.map((operation) => ({ ...operation, text: operationText(suite, operation) }));
  return { access, members, halted: await haltedContracts(suite), pending };
}

/** Contracts that have a brake, by the table of roles. */
export const haltable = [
  ...new Set(restrictions.filter(({ method }) => method === "halt").map(({ contract }) => contract)),
] as readonly ContractName[];

async function haltedContracts(suite: Suite): Promise<string[]> {
  const present = haltable.filter((name) => suite.has(name));
  const flags = await Promise.all(
    present.map((name) => IHaltable__factory.connect(suite.address(name), suite.runner).halted()),
  );
  return present.filter((_, i) => flags[i]);
}

/** An operation in one line; its bytes' beginning where the suite does not know the target. */
export function operationText(suite: Suite, { target, data }: Pick<Pending, "target" | "data">): string {
  const name = contractNames.find(
    (known) => suite.has(known) && suite.address(known).toLowerCase() === target.toLowerCase(),
  );
  if (name === undefined) return `${target} ${data.slice(0, 10)}`;
  return callText({ contract: name, address: target, abi: abiOf(name) }, data);
}
