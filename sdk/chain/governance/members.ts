import { IMembers__factory } from "../../../typechain-types/index.js";
import type { Suite } from "../suite.js";
import { logsInRanges, type LogSource } from "./logs.js";

/** An account that acts for a member, as the chain has it. */
export interface DelegateView {
  readonly account: string;
  readonly capabilities: bigint;
  /** Seconds, exclusive. */
  readonly expiry: bigint;
  /** Whether it was named under the present administrator. */
  readonly current: boolean;
}

/** A member, as the chain has it. */
export interface MemberView {
  readonly member: number;
  readonly name: string;
  readonly status: "active" | "suspended";
  readonly capabilities: bigint;
  /** Seconds; the second bound is exclusive. */
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  /** Zero address before the first acceptance. */
  readonly administrator: string;
  /** Zero address where none is proposed. */
  readonly proposed: string;
  readonly delegates: readonly DelegateView[];
}

/** Reads every member with its delegates, or one. */
export async function readMembers(suite: Suite, source: LogSource, only?: number): Promise<readonly MemberView[]> {
  const contract = suite.contract("Members");
  const count = Number(await contract.memberCount());
  const ids = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : only <= count ? [only] : [];
  const accounts = await delegateAccounts(suite, source);
  return Promise.all(
    ids.map(async (member) => {
      const info = await contract.memberInfo(member);
      return {
        member,
        name: await contract.nameOf(member),
        status: info.status === 1n ? ("active" as const) : ("suspended" as const),
        capabilities: info.capabilities,
        validFrom: info.validFrom,
        validUntil: info.validUntil,
        administrator: await contract.administratorOf(member),
        proposed: await contract.proposedAdministratorOf(member),
        delegates: await readDelegates(suite, member, info.adminEpoch, accounts.get(member) ?? new Set()),
      };
    }),
  );
}

async function delegateAccounts(suite: Suite, source: LogSource): Promise<Map<number, Set<string>>> {
  const abi = IMembers__factory.createInterface();
  const byMember = new Map<number, Set<string>>();
  const topics = [abi.getEvent("DelegateAccepted").topicHash];
  for await (const log of logsInRanges(source, [suite.address("Members")], topics)) {
    const args = abi.parseLog(log)?.args;
    if (args === undefined) continue;
    const member = Number(args["member"]);
    byMember.set(member, (byMember.get(member) ?? new Set()).add(args["account"] as string));
  }
  return byMember;
}

async function readDelegates(
  suite: Suite,
  member: number,
  adminEpoch: bigint,
  accounts: ReadonlySet<string>,
): Promise<DelegateView[]> {
  const infos = await Promise.all(
    [...accounts].map(async (account) => ({ account, info: await suite.contract("Members").accountInfo(account) })),
  );
  return infos
    .filter(({ info }) => Number(info.member) === member && !info.isAdministrator)
    .map(({ account, info }) => ({
      account,
      capabilities: info.capabilities,
      expiry: info.expiry,
      current: info.adminEpoch === adminEpoch,
    }));
}
