/** What Members should answer, told as plainly as the rules are meant. Accounts are numbers, times are seconds. */
export interface ModelMember {
  capabilities: bigint;
  from: bigint;
  until: bigint;
  suspended: boolean;
  epoch: number;
  administrator: number | undefined;
  successor: { account: number; byGovernance: boolean } | undefined;
  proposals: Map<number, Terms>;
}

interface Terms {
  readonly capabilities: bigint;
  readonly expiry: bigint;
  readonly epoch: number;
}

interface Delegation extends Terms {
  readonly member: number;
}

export class MembersModel {
  now: bigint;
  halted = false;
  /** Ids count from 1: position 0 stays empty. */
  readonly members: (ModelMember | undefined)[] = [undefined];
  readonly delegations = new Map<number, Delegation>();

  constructor(now: bigint) {
    this.now = now;
  }

  enrol(account: number, capabilities: bigint, from: bigint, until: bigint): boolean {
    if (from >= until) return false;
    this.members.push({
      capabilities,
      from,
      until,
      suspended: false,
      epoch: 0,
      administrator: undefined,
      successor: { account, byGovernance: true },
      proposals: new Map(),
    });
    return true;
  }

  setCapabilities(id: number, capabilities: bigint): boolean {
    const member = this.members[id];
    if (member) member.capabilities = capabilities;
    return member !== undefined;
  }

  setValidity(id: number, from: bigint, until: bigint): boolean {
    const member = this.members[id];
    if (!member || from >= until) return false;
    [member.from, member.until] = [from, until];
    return true;
  }

  setSuspended(id: number, suspended: boolean): boolean {
    const member = this.members[id];
    if (!member || member.suspended === suspended) return false;
    member.suspended = suspended;
    return true;
  }

  replaceAdministrator(id: number, account: number): boolean {
    const member = this.members[id];
    if (!member || member.administrator === account) return false;
    member.successor = { account, byGovernance: true };
    return true;
  }

  proposeAdministrator(caller: number, account: number): boolean {
    const member = this.members[this.administered(caller)];
    if (this.halted || !member || member.suspended) return false;
    if (member.successor?.byGovernance || account === caller) return false;
    member.successor = { account, byGovernance: false };
    return true;
  }

  acceptAdministration(caller: number, id: number): boolean {
    const member = this.members[id];
    if (this.halted || member?.successor?.account !== caller) return false;
    if (member.suspended && !member.successor.byGovernance) return false;
    if (!this.free(caller, id) || this.administered(caller) === id) return false;
    this.delegations.delete(caller);
    member.administrator = caller;
    member.epoch++;
    member.successor = undefined;
    return true;
  }

  nameDelegate(caller: number, account: number, capabilities: bigint, expiry: bigint): boolean {
    const member = this.members[this.administered(caller)];
    if (this.halted || !member || member.suspended || account === caller) return false;
    if (expiry <= this.now || (capabilities & ~member.capabilities) !== 0n) return false;
    member.proposals.set(account, { capabilities, expiry, epoch: member.epoch });
    return true;
  }

  acceptDelegation(caller: number, id: number): boolean {
    const member = this.members[id];
    const proposal = member?.proposals.get(caller);
    if (this.halted || !member || member.suspended || !proposal) return false;
    if (proposal.epoch !== member.epoch || proposal.expiry <= this.now) return false;
    if (!this.free(caller, id) || this.administered(caller) === id) return false;
    member.proposals.delete(caller);
    this.delegations.set(caller, { member: id, ...proposal });
    return true;
  }

  removeDelegate(caller: number, account: number): boolean {
    const id = this.administered(caller);
    const member = this.members[id];
    if (!member || account === caller) return false;
    const proposed = member.proposals.delete(account);
    const delegated = this.delegations.get(account)?.member === id && this.delegations.delete(account);
    return proposed || delegated;
  }

  resign(caller: number): boolean {
    return this.administered(caller) === 0 && this.delegations.delete(caller);
  }

  /** The member that an account administers, 0 where it administers none. */
  administered(account: number): number {
    const found = this.members.findIndex((member) => member?.administrator === account);
    return found < 0 ? 0 : found;
  }

  /** The member for which an account may use all bits of `capability` now, 0 where it may not. */
  able(account: number, capability: bigint): number {
    const id = this.bound(account, capability);
    const member = this.members[id];
    if (!member || member.suspended || this.now < member.from || this.now >= member.until) return 0;
    return (capability & ~member.capabilities) === 0n ? id : 0;
  }

  /** The member whose duties an account may deliver. */
  bound(account: number, capability: bigint): number {
    const administered = this.administered(account);
    if (administered !== 0) return administered;
    const delegation = this.standing(account);
    return delegation && (capability & ~delegation.capabilities) === 0n ? delegation.member : 0;
  }

  private standing(account: number): Delegation | undefined {
    const delegation = this.delegations.get(account);
    if (!delegation || delegation.expiry <= this.now) return undefined;
    return delegation.epoch === this.members[delegation.member]?.epoch ? delegation : undefined;
  }

  private free(account: number, id: number): boolean {
    const administered = this.administered(account);
    if (administered !== 0 && administered !== id) return false;
    const delegation = this.standing(account);
    return delegation === undefined || delegation.member === id;
  }
}
