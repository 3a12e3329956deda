import { roles, type RoleName } from "../chain/capabilities.js";
import { abiOf } from "../chain/governance/abi.js";
import { readAccess } from "../chain/governance/access.js";
import { callOf, callText, type Call, type Submission } from "../chain/governance/call.js";
import type { LogSource } from "../chain/governance/logs.js";
import { restrictions } from "../chain/governance/roles.js";
import { blockTime } from "../chain/moment.js";
import { routeOf, type Route } from "../chain/governance/route.js";
import type { ContractName } from "../chain/suite.js";
import { SteleError } from "../common/errors.js";
import { formatInstant } from "../common/time.js";
import type { Context } from "./context.js";
import type { Session } from "./session.js";

/** Where a suite's events are read from: its first block on, in the network's ranges. */
export function logSource(session: Session, context: Context): LogSource {
  return {
    provider: session.connection.provider,
    fromBlock: session.manifest.deploymentBlock,
    range: session.connection.profile.logRange,
    signal: context.signal,
  };
}

/** What a command wants of a contract. */
export interface Wanted {
  readonly contract: ContractName;
  readonly method: string;
  readonly values: readonly unknown[];
  /** What it does, for people. */
  readonly label: string;
}

/** Encodes what is wanted. */
export function wantedCall(session: Session, { contract, method, values, label }: Wanted): Call {
  const target = {
    contract,
    address: session.suite.address(contract),
    abi: abiOf(contract),
  };
  return callOf(target, method, values, label);
}

/** Submits a call that members make themselves, and prints what became of it. */
export async function submitOwn(context: Context, wanted: Wanted): Promise<void> {
  const session = await context.session();
  const call = wantedCall(session, wanted);
  const submitted = await session.submit(call);
  printOutcome(context, { kind: "direct", call }, call, submitted);
}

/** What a transaction made, told beside what became of the call. */
type Found = (session: Session, hash: string) => Promise<{ readonly value: object; readonly text: string }>;

/**
 * Submits a restricted call the way the account has to go: at once, or by scheduling it and, once due, executing it.
 * For a proposal the account is the one that holds the role.
 * @param found asked where the call itself took effect
 */
export async function submitRestricted(context: Context, wanted: Wanted, found?: Found): Promise<void> {
  const session = await context.session();
  const call = wantedCall(session, wanted);
  const account = await actingAccount(context, session, wanted);
  const route = await routeOf(
    session.suite.contract("AccessManager"),
    account,
    call,
    await blockTime(session.connection.provider),
  );
  const submitted = await session.submit(route.call);
  const done = route.kind === "direct" && submitted.kind === "sent";
  printOutcome(context, route, call, submitted, done ? await found?.(session, submitted.hash) : undefined);
}

async function actingAccount(context: Context, session: Session, wanted: Wanted): Promise<string> {
  if (context.common.propose === undefined) return (await session.signer()).getAddress();
  const role = restrictions.find(
    ({ contract, method }) => contract === wanted.contract && method === wanted.method,
  )?.role;
  return holderOf(context, session, role ?? "ADMIN");
}

/** The account that holds a role now; governance's where several do. */
export async function holderOf(context: Context, session: Session, role: RoleName): Promise<string> {
  const { holdings } = await readAccess(session.suite.address("AccessManager"), logSource(session, context));
  const holders = holdings.filter((holding) => holding.role === roles[role]).map(({ account }) => account);
  const governance = session.manifest.governance.account.toLowerCase();
  const holder = holders.find((account) => account.toLowerCase() === governance) ?? holders[0];
  if (holder === undefined) throw new SteleError("refused", `nobody holds ${role} on this network`);
  return holder;
}

function printOutcome(
  context: Context,
  route: Route,
  call: Call,
  submitted: Submission,
  made?: Awaited<ReturnType<Found>>,
): void {
  const contract = call.contract as ContractName;
  const target = { contract, address: call.address, abi: abiOf(contract) };
  const decoded = callText(target, call.data);
  const value = { route: route.kind, call: { ...call, text: decoded }, submitted, ...made?.value };
  const lines = [decoded, `at ${call.address}`, outcomeText(route, submitted)];
  context.print(value, () => [...lines, ...(made === undefined ? [] : [made.text])].join("\n"));
}

const acts = { direct: "call", schedule: "scheduling", execute: "execution" } as const;

function outcomeText(route: Route, submitted: Submission): string {
  const act = acts[route.kind];
  const later =
    route.kind === "schedule" ? `; it can be executed ${route.delay} s later with \`stele authority execute\`` : "";
  if (submitted.kind === "sent") return `${act} sent in ${submitted.hash}, block ${submitted.block}${later}`;
  if (submitted.kind === "simulated") return `${act} would succeed with ${submitted.gas} gas; nothing was sent`;
  return `${act} proposed in ${submitted.file}${later}`;
}

/** A time for people, "-" for none. */
export function timeText(seconds: bigint): string {
  return seconds === 0n ? "-" : seconds >= (1n << 40n) - 1n ? "for ever" : formatInstant(seconds);
}
