import type { MemberSpan } from "../conduct.js";

/** An event of Members, as far as it decides who may act. Times are block seconds. */
export type MembershipEvent = { readonly time: bigint } & (
  | { name: "MemberEnrolled"; member: bigint; capabilities: bigint; validFrom: bigint; validUntil: bigint }
  | { name: "MemberCapabilitiesChanged"; member: bigint; capabilities: bigint }
  | { name: "MemberValidityChanged"; member: bigint; validFrom: bigint; validUntil: bigint }
  | { name: "MemberSuspended" | "MemberReinstated"; member: bigint }
  | { name: "AdministratorAccepted"; member: bigint; account: string; adminEpoch: bigint }
  | { name: "DelegateAccepted"; member: bigint; account: string; capabilities: bigint; expiry: bigint }
  | { name: "DelegateRemoved"; member: bigint; account: string }
);

interface MemberState {
  readonly time: bigint;
  readonly capabilities: bigint;
  readonly validFrom: bigint;
  readonly validUntil: bigint;
  readonly active: boolean;
  readonly adminEpoch: bigint;
}

interface AccountState {
  readonly time: bigint;
  /** 0 where the account belongs to nobody. */
  readonly member: bigint;
  readonly capabilities: bigint;
  readonly expiry: bigint;
  readonly adminEpoch: bigint;
}

const everything = (1n << 128n) - 1n;
const forever = (1n << 40n) - 1n;
const nobody = { member: 0n, capabilities: 0n, expiry: 0n, adminEpoch: 0n };

/** Who could act for whom, with which capabilities, at any time in the past: the events of Members, folded. */
export class Membership {
  readonly #members = new Map<bigint, MemberState[]>();
  readonly #accounts = new Map<string, AccountState[]>();
  readonly #administrators = new Map<bigint, string>();

  /** @param events oldest first */
  constructor(events: Iterable<MembershipEvent> = []) {
    for (const event of events) this.add(event);
  }

  /** Takes the next event. */
  add(event: MembershipEvent): void {
    const { time, member } = event;
    if (event.name === "MemberEnrolled") {
      const { capabilities, validFrom, validUntil } = event;
      this.#members.set(member, [{ time, capabilities, validFrom, validUntil, active: true, adminEpoch: 0n }]);
    } else if (event.name === "AdministratorAccepted") {
      const former = this.#administrators.get(member);
      if (former !== undefined) this.#bind(former, { time, ...nobody });
      const { adminEpoch, account } = event;
      this.#change(member, { time, adminEpoch });
      this.#administrators.set(member, account.toLowerCase());
      this.#bind(account, { time, member, capabilities: everything, expiry: forever, adminEpoch });
    } else if (event.name === "DelegateAccepted") {
      const { account, capabilities, expiry } = event;
      const adminEpoch = this.#members.get(member)?.at(-1)?.adminEpoch ?? 0n;
      this.#bind(account, { time, member, capabilities, expiry, adminEpoch });
    } else if (event.name === "DelegateRemoved") {
      // It is also said of a proposal that was withdrawn; that takes nothing from an account of another member.
      const bound = this.#accounts.get(event.account.toLowerCase())?.at(-1);
      if (bound?.member === member) this.#bind(event.account, { time, ...nobody });
    } else {
      this.#change(member, changeOf(event));
    }
  }

  /** When the account could use all bits of `capability` (0: act at all), and for which member; oldest first. */
  spans(account: string, capability: bigint): readonly MemberSpan[] {
    const states = this.#accounts.get(account.toLowerCase()) ?? [];
    const spans: MemberSpan[] = [];
    for (const [i, state] of states.entries()) {
      const until = states[i + 1]?.time ?? forever;
      if (state.member !== 0n) this.#within(state, until, capability, spans);
    }
    return spans;
  }

  /** When a member could use all bits of `capability`; oldest first. */
  memberSpans(member: bigint, capability: bigint): readonly MemberSpan[] {
    const spans: MemberSpan[] = [];
    const states = this.#members.get(member) ?? [];
    for (const [i, state] of states.entries()) {
      if (!state.active || (capability & ~state.capabilities) !== 0n) continue;
      const from = latest(state.time, state.validFrom);
      const end = earliest(states[i + 1]?.time ?? forever, state.validUntil);
      if (from < end) push(spans, { from, until: end === forever ? undefined : end, member });
    }
    return spans;
  }

  /** The member for which the account could use the capability at a time, 0 where it could not. */
  capableAt(account: string, capability: bigint, time: bigint): bigint {
    const within = ({ from, until }: MemberSpan) => from <= time && (until === undefined || time < until);
    return this.spans(account, capability).find(within)?.member ?? 0n;
  }

  #within(account: AccountState, until: bigint, capability: bigint, spans: MemberSpan[]): void {
    const states = this.#members.get(account.member) ?? [];
    for (const [i, state] of states.entries()) {
      const fits = state.active && state.adminEpoch === account.adminEpoch;
      if (!fits || (capability & ~(account.capabilities & state.capabilities)) !== 0n) continue;
      const from = latest(account.time, state.time, state.validFrom);
      const end = earliest(until, states[i + 1]?.time ?? forever, account.expiry, state.validUntil);
      if (from < end) push(spans, { from, until: end === forever ? undefined : end, member: account.member });
    }
  }

  #bind(account: string, state: AccountState): void {
    const key = account.toLowerCase();
    const states = this.#accounts.get(key);
    if (states === undefined) this.#accounts.set(key, [state]);
    else states.push(state);
  }

  #change(member: bigint, change: Partial<MemberState> & { readonly time: bigint }): void {
    const states = this.#members.get(member);
    const last = states?.at(-1);
    if (states !== undefined && last !== undefined) states.push({ ...last, ...change });
  }
}

function changeOf(event: MembershipEvent): Partial<MemberState> & { readonly time: bigint } {
  const { time } = event;
  if (event.name === "MemberCapabilitiesChanged") return { time, capabilities: event.capabilities };
  if (event.name === "MemberValidityChanged") {
    return { time, validFrom: event.validFrom, validUntil: event.validUntil };
  }
  return { time, active: event.name === "MemberReinstated" };
}

/** Adds a span, joined to the last one where it goes on from there. */
function push(spans: MemberSpan[], span: MemberSpan): void {
  const last = spans.at(-1);
  if (last !== undefined && last.until === span.from && last.member === span.member) {
    spans[spans.length - 1] = { ...last, until: span.until };
  } else {
    spans.push(span);
  }
}

function latest(...times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}

function earliest(...times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a < b ? a : b));
}
