import fc from "fast-check";

import type { Hex } from "../../sdk/common/bytes.js";
import type { CampaignTerms } from "../../sdk/rewards/campaign/leaf.js";
import {
  addPoints,
  type DecayScale,
  type HeldPoints,
  mergePoints,
  noPoints,
  takePoints,
} from "../../sdk/rewards/decay.js";

/** What can happen; the frequent things more than once. */
export const acts: readonly string[] = [
  "award award award sign sign revoke revoke reinstate revokeBatch reinstateBatch",
  "open open materialise materialise materialise revokeLeaf reinstateLeaf revokeCampaign reinstateCampaign",
  "points points points adjust adjust adjust scale migratePoints migratePoints",
  "migrate migrate replace replace suspend restore restore halt resume resume resume",
].flatMap((line) => line.split(" "));

/** One attempt; its numbers choose among what is there. */
export interface Attempt {
  readonly act: string;
  readonly actor: number;
  /** Seconds since the last block. */
  readonly wait: bigint;
  readonly picks: readonly number[];
  readonly choice: number;
}

const day = 86_400n;
export const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  act: fc.constantFrom(...acts),
  actor: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) }),
  wait: fc.oneof({ weight: 3, arbitrary: fc.bigInt(1n, 3_600n) }, { weight: 1, arbitrary: fc.bigInt(1n, 40n * day) }),
  picks: fc.array(fc.nat(255), { minLength: 1, maxLength: 4 }),
  choice: fc.nat(255),
});

export const standings = { none: 0n, valid: 1n, revoked: 2n, expired: 3n } as const;

export interface ModelType {
  readonly id: bigint;
  readonly publisher: bigint;
  readonly open: boolean;
  readonly points: bigint;
  readonly validity: bigint;
  readonly category: bigint;
}

export interface ModelCampaign {
  readonly terms: CampaignTerms;
  readonly id: Hex;
  readonly subjects: readonly Hex[];
  readonly openedAt: bigint;
  readonly revoked: Set<bigint>;
  over: boolean;
  batch: bigint;
}

interface ModelToken {
  owner: string;
  readonly batch: bigint;
  readonly expires: bigint;
  revoked: boolean;
  readonly leaf?: { readonly campaign: ModelCampaign; readonly index: bigint };
}

interface ModelBatch {
  readonly issuer: bigint;
  revoked: boolean;
  readonly campaign?: ModelCampaign;
}

interface ModelGrant {
  readonly issuer: bigint;
  readonly id: bigint;
  readonly time: bigint;
  readonly points: bigint;
  readonly accounts: readonly string[];
  readonly taken: bigint[];
}

/** What `Awards`, `Campaigns` and `MeritPoints` should answer, told from their interfaces. Accounts in small letters. */
export class RewardsModel {
  now = 0n;
  readonly halted = { Awards: false, Campaigns: false, MeritPoints: false };
  readonly suspended = new Set<bigint>();
  /** Members by account. */
  readonly members = new Map<string, bigint>();
  readonly types: ModelType[] = [];
  /** Subjects by every account they ever had, and what is known of a subject. */
  readonly ties = new Map<string, Hex>();
  readonly subjects = new Map<Hex, { account: string; readonly member: bigint }>();
  readonly tokens = new Map<bigint, ModelToken>();
  readonly batches: ModelBatch[] = [];
  readonly nonces = new Set<bigint>();
  readonly campaigns: ModelCampaign[] = [];
  readonly scales = new Map<bigint, DecayScale>();
  readonly points = new Map<string, HeldPoints>();
  readonly grants: ModelGrant[] = [];
  /** Accounts that count as admitted; one that its last award has left does not any more. */
  readonly #admitted = new Set<string>();

  award(by: string, type: ModelType, accounts: readonly string[]): string | undefined {
    if (this.halted.Awards) return "HaltableHalted";
    const refusal = this.#granter(by, type);
    if (refusal !== undefined) return refusal;
    const holders = accounts.map((account) => (this.#admitted.has(account) ? account : this.#present(account)));
    if (holders.includes(undefined)) return "AwardsNotASubject";
    this.batches.push({ issuer: this.members.get(by)!, revoked: false });
    const batch = BigInt(this.batches.length);
    const expires = type.validity === 0n ? 0n : this.now + type.validity;
    holders.forEach((owner, i) =>
      this.#mint((batch << 32n) | BigInt(i), { owner: owner!, batch, expires, revoked: false }),
    );
    return undefined;
  }

  sign(signer: string, nonce: bigint, type: ModelType, accounts: readonly string[]): string | undefined {
    if (this.halted.Awards) return "HaltableHalted";
    if (this.nonces.has(nonce)) return "AwardsNonceUsed";
    const refusal = this.award(signer, type, accounts);
    if (refusal === undefined) this.nonces.add(nonce);
    return refusal;
  }

  /** @param whole with its batch */
  setRevoked(by: string, id: bigint, whole: boolean, revoked: boolean): string | undefined {
    if (this.halted.Awards) return "HaltableHalted";
    const token = this.tokens.get(id);
    const batch = this.batches[Number(id >> 32n) - 1];
    if (batch === undefined || token === undefined) return "ERC721NonexistentToken";
    if (batch.campaign !== undefined) return "AwardsOfCampaign";
    const refusal = this.#issuer(by, batch.issuer, "AwardsNotIssuer");
    if (refusal !== undefined) return refusal;
    const target = whole ? batch : token;
    if (target.revoked === revoked) return "AwardsUnchanged";
    target.revoked = revoked;
    return undefined;
  }

  open(by: string, type: ModelType, campaign: ModelCampaign): string | undefined {
    if (this.halted.Campaigns) return "HaltableHalted";
    const refusal = this.#granter(by, type);
    if (refusal !== undefined) return refusal;
    if (this.campaigns.some(({ id }) => id === campaign.id)) return "CampaignsExists";
    this.campaigns.push(campaign);
    return undefined;
  }

  setCampaign(by: string, campaign: ModelCampaign, revoked: boolean): string | undefined {
    const refusal = this.#ofCampaign(by, campaign);
    if (refusal !== undefined) return refusal;
    if (campaign.over === revoked) return "CampaignsUnchanged";
    campaign.over = revoked;
    return undefined;
  }

  setLeaf(by: string, campaign: ModelCampaign, index: bigint, revoked: boolean): string | undefined {
    const refusal = this.#ofCampaign(by, campaign);
    if (refusal !== undefined) return refusal;
    if (index >= campaign.terms.size) return "CampaignsBeyond";
    if (campaign.revoked.has(index) === revoked) return "CampaignsUnchanged";
    if (revoked) campaign.revoked.add(index);
    else campaign.revoked.delete(index);
    return undefined;
  }

  /** @param by the account that signs; @param shown the leaf that it shows, @param index where it says the leaf is */
  materialise(by: string, campaign: ModelCampaign, index: bigint, shown: bigint): string | undefined {
    if (this.halted.Awards) return "HaltableHalted";
    const subject = campaign.subjects[Number(shown)]!;
    if (this.subjects.get(subject)!.account !== by) return "AwardsInvalidSignature";
    if (index !== shown || this.leafStanding(campaign, index) !== standings.valid) return "AwardsNotValid";
    const known = [...this.tokens].some(([, { leaf }]) => leaf?.campaign === campaign && leaf.index === index);
    if (known) return "AwardsAlreadyMaterialised";
    if (campaign.batch === 0n) {
      this.batches.push({ issuer: campaign.terms.issuer, revoked: false, campaign });
      campaign.batch = BigInt(this.batches.length);
    }
    const { batch, terms } = campaign;
    this.#mint((batch << 32n) | index, {
      owner: by,
      batch,
      expires: terms.expires,
      revoked: false,
      leaf: { campaign, index },
    });
    return undefined;
  }

  migrate(ids: readonly bigint[]): void {
    for (const id of ids) {
      const token = this.tokens.get(id);
      if (token === undefined) continue;
      const [from, to] = [token.owner, this.#accountOf(token.owner)];
      if (from === to) continue;
      token.owner = to;
      this.#admitted.add(to);
      if (this.balanceOf(from) === 0n) this.#admitted.delete(from);
    }
  }

  scale(by: string, category: bigint, halfLife: bigint): string | undefined {
    if (this.halted.MeritPoints) return "HaltableHalted";
    const member = this.#awarder(by);
    if (member === 0n) return "MembersMissingCapability";
    const id = (member << 8n) | category;
    if (this.scales.has(id)) return "MeritPointsOpened";
    this.scales.set(id, { since: this.now, halfLife });
    return undefined;
  }

  give(by: string, type: ModelType, accounts: readonly string[]): string | undefined {
    if (this.halted.MeritPoints) return "HaltableHalted";
    const refusal = this.#granter(by, type);
    if (refusal !== undefined) return refusal;
    const issuer = this.members.get(by)!;
    const id = (issuer << 8n) | type.category;
    const scale = this.scales.get(id);
    if (scale === undefined) return "MeritPointsNotOpened";
    const targets: string[] = [];
    for (const account of accounts) {
      const subject = this.ties.get(account);
      const member = subject === undefined ? 0n : this.subjects.get(subject)!.member;
      if (!targets.includes(account) && this.held(account, id).lifetime === 0n) {
        if (member !== issuer) return "MeritPointsNotOfMember";
        targets.push(this.#accountOf(account));
      } else targets.push(account);
    }
    for (const target of targets)
      this.#hold(target, id, addPoints(this.held(target, id), scale, this.now, type.points));
    this.grants.push({ issuer, id, time: this.now, points: type.points, accounts, taken: accounts.map(() => 0n) });
    return undefined;
  }

  adjust(by: string, grant: ModelGrant, position: number, points: bigint): string | undefined {
    if (this.halted.MeritPoints) return "HaltableHalted";
    const refusal = this.#issuer(by, grant.issuer, "MeritPointsNotIssuer");
    if (refusal !== undefined) return refusal;
    if (position >= grant.accounts.length) return "MeritPointsInvalid";
    if (points > grant.points - grant.taken[position]!) return "MeritPointsTooMuch";
    grant.taken[position]! += points;
    const named = grant.accounts[position]!;
    this.gather(grant.id, named);
    const account = this.#accountOf(named);
    const scale = this.scales.get(grant.id)!;
    this.#hold(account, grant.id, takePoints(this.held(account, grant.id), scale, grant.time, points));
    return undefined;
  }

  /** Moves what the account and those after it have to the last. */
  gather(id: bigint, account: string): void {
    const subject = this.ties.get(account);
    if (subject === undefined) return;
    const chain = [...this.ties].filter(([, one]) => one === subject).map(([one]) => one);
    for (const one of chain.slice(chain.indexOf(account), -1)) {
      const next = chain[chain.indexOf(one) + 1]!;
      if (this.held(one, id).lifetime === 0n) continue;
      this.#hold(next, id, mergePoints(this.held(next, id), this.held(one, id)));
      this.#hold(one, id, noPoints);
    }
  }

  replace(subject: Hex, account: string): void {
    this.ties.set(account, subject);
    this.subjects.get(subject)!.account = account;
  }

  standingOf(id: bigint): bigint {
    const token = this.tokens.get(id);
    if (token === undefined) return standings.none;
    if (token.leaf !== undefined) return this.leafStanding(token.leaf.campaign, token.leaf.index);
    if (token.revoked || this.batches[Number(token.batch) - 1]!.revoked) return standings.revoked;
    return token.expires !== 0n && this.now >= token.expires ? standings.expired : standings.valid;
  }

  leafStanding({ over, revoked, terms }: ModelCampaign, index: bigint): bigint {
    if (over || revoked.has(index)) return standings.revoked;
    return terms.expires !== 0n && this.now >= terms.expires ? standings.expired : standings.valid;
  }

  holderOf(id: bigint): string {
    return this.#accountOf(this.tokens.get(id)!.owner);
  }

  balanceOf(account: string): bigint {
    return BigInt([...this.tokens.values()].filter(({ owner }) => owner === account).length);
  }

  held(account: string, id: bigint): HeldPoints {
    return this.points.get(`${account} ${id}`) ?? noPoints;
  }

  #hold(account: string, id: bigint, held: HeldPoints): void {
    this.points.set(`${account} ${id}`, held);
  }

  #mint(id: bigint, token: ModelToken): void {
    this.tokens.set(id, token);
    this.#admitted.add(token.owner);
  }

  #accountOf(account: string): string {
    return this.subjects.get(this.ties.get(account)!)!.account;
  }

  #present(account: string): string | undefined {
    return this.ties.has(account) ? this.#accountOf(account) : undefined;
  }

  #awarder(account: string): bigint {
    const member = this.members.get(account) ?? 0n;
    return this.suspended.has(member) ? 0n : member;
  }

  #granter(by: string, type: ModelType): string | undefined {
    const member = this.#awarder(by);
    if (member === 0n) return "MembersMissingCapability";
    return type.open || member === type.publisher ? undefined : "AwardTypesNotGranter";
  }

  #issuer(by: string, issuer: bigint, error: string): string | undefined {
    const member = this.#awarder(by);
    if (member === 0n) return "MembersMissingCapability";
    return member === issuer ? undefined : error;
  }

  #ofCampaign(by: string, campaign: ModelCampaign): string | undefined {
    return this.halted.Campaigns ? "HaltableHalted" : this.#issuer(by, campaign.terms.issuer, "CampaignsNotIssuer");
  }
}
