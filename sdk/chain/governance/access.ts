import { Interface, type LogDescription } from "ethers";

import { AccessManager__factory, type AccessManager } from "../../../typechain-types/index.js";
import type { Hex } from "../../common/bytes.js";
import { logsInRanges, type LogSource } from "./logs.js";

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
  /** Seconds; from then on it cannot any more. */
  readonly expires: bigint;
}

/** Everything that the AccessManager says about who may do what. */
export interface Access {
  readonly holdings: readonly Holding[];
  /** Functions with a role other than ADMIN, and such as were set back to it. */
  readonly mappings: readonly Mapping[];
  readonly guardians: readonly { readonly role: bigint; readonly guardian: bigint }[];
  readonly admins: readonly { readonly role: bigint; readonly admin: bigint }[];
  /** Targets that are closed. */
  readonly closed: readonly string[];
  readonly pending: readonly Pending[];
}

const abi = new Interface(AccessManager__factory.abi);
const events = [
  "RoleGranted",
  "RoleAdminChanged",
  "RoleGuardianChanged",
  "TargetFunctionRoleUpdated",
  "TargetClosed",
  "OperationScheduled",
];

/**
 * Reads who may do what: candidates from the manager's events, each then asked of the manager itself, so that the
 * answer is the present state and nothing is missing from it.
 */
export async function readAccess(manager: string, source: LogSource): Promise<Access> {
  const contract = AccessManager__factory.connect(manager, source.provider);
  const seen = await candidates(manager, source);
  const pick = (name: string) => [...(seen.get(name)?.values() ?? [])];
  return {
    holdings: await readHoldings(contract, pick("RoleGranted")),
    mappings: await Promise.all(
      pick("TargetFunctionRoleUpdated").map(async ({ args }) => {
        const [target, selector] = [args["target"] as string, args["selector"] as string];
        return { target, selector, role: await contract.getTargetFunctionRole(target, selector) };
      }),
    ),
    guardians: await Promise.all(
      pick("RoleGuardianChanged").map(async ({ args }) => {
        const role = args["roleId"] as bigint;
        return { role, guardian: await contract.getRoleGuardian(role) };
      }),
    ),
    admins: await Promise.all(
      pick("RoleAdminChanged").map(async ({ args }) => {
        const role = args["roleId"] as bigint;
        return { role, admin: await contract.getRoleAdmin(role) };
      }),
    ),
    closed: await readClosed(contract, pick("TargetClosed")),
    pending: await readPending(contract, pick("OperationScheduled")),
  };
}

/** The latest event of each name and key. */
async function candidates(manager: string, source: LogSource): Promise<Map<string, Map<string, LogDescription>>> {
  const topics = events.map((name) => abi.getEvent(name)?.topicHash ?? "");
  const seen = new Map<string, Map<string, LogDescription>>(events.map((name) => [name, new Map()]));
  for await (const log of logsInRanges(source, [manager], topics)) {
    const event = abi.parseLog(log);
    if (event !== null) seen.get(event.name)?.set(keyOf(event), event);
  }
  return seen;
}

function keyOf({ name, args }: LogDescription): string {
  if (name === "RoleGranted") return `${args["roleId"]} ${args["account"]}`;
  if (name === "TargetFunctionRoleUpdated") return `${args["target"]} ${args["selector"]}`;
  return String(args[0]); // the role, the target or the operation's id
}

async function readHoldings(contract: AccessManager, granted: readonly LogDescription[]): Promise<Holding[]> {
  const holdings = await Promise.all(
    granted.map(async ({ args }) => {
      const [role, account] = [args["roleId"] as bigint, args["account"] as string];
      const { since, currentDelay } = await contract.getAccess(role, account);
      return { role, account, delay: currentDelay, since };
    }),
  );
  return holdings.filter(({ since }) => since !== 0n);
}

async function readClosed(contract: AccessManager, events: readonly LogDescription[]): Promise<string[]> {
  const targets = events.map(({ args }) => args["target"] as string);
  const closed = await Promise.all(targets.map((target) => contract.isTargetClosed(target)));
  return targets.filter((_, i) => closed[i]);
}

async function readPending(contract: AccessManager, scheduled: readonly LogDescription[]): Promise<Pending[]> {
  if (scheduled.length === 0) return [];
  const lifetime = await contract.expiration();
  const all = await Promise.all(
    scheduled.map(async ({ args }) => {
      const id = args["operationId"] as string;
      const due = await contract.getSchedule(id);
      const [caller, target, data] = [args["caller"] as string, args["target"] as string, args["data"] as Hex];
      return { id, caller, target, data, due, expires: due + lifetime };
    }),
  );
  return all.filter(({ due }) => due !== 0n);
}
