import type { Hex } from "../../common/bytes.js";
import type { LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import { awardEvents, type AwardEvent } from "./events.js";
import { batchOfToken, nobody, noLog, positionOfToken, type EvidencePlace } from "./state.js";

/** A token as events tell it. */
export interface ReplayedAward {
  readonly id: bigint;
  readonly owner: Hex;
  /** Block seconds. */
  readonly start: bigint;
  /** Block seconds, 0 for never. */
  readonly end: bigint;
  /** Alone, with its batch, or with its leaf or campaign. */
  readonly revoked: boolean;
  /** Absent for a campaign's token: its leaf names the record, and no event tells the leaf. */
  readonly evidence?: EvidencePlace;
  readonly campaign?: Hex;
}

/** What the awards of a grant share. */
export interface ReplayedBatch {
  readonly batch: bigint;
  readonly typeId: bigint;
  readonly issuer: bigint;
  /** 0 for the tokens of a campaign. */
  readonly count: bigint;
  readonly evidenceLog: Hex;
  readonly revoked: boolean;
  readonly campaign?: Hex;
}

interface Token {
  owner: Hex;
  start: bigint;
  end: bigint;
  revoked: boolean;
  evidence?: bigint;
}

interface Batch {
  typeId: bigint;
  issuer: bigint;
  count: bigint;
  evidenceLog: Hex;
  evidence: readonly bigint[];
  revoked: boolean;
  campaign?: Hex;
}

interface Campaign {
  readonly typeId: bigint;
  readonly issuer: bigint;
  revoked: boolean;
  readonly leaves: Set<bigint>;
}

/**
 * The state of all awards, from events alone: what an indexer has. Applied in the chain's order it equals what the
 * contracts tell (held by a differential test); the order of events within one transaction does not matter.
 */
export class AwardsReplay {
  readonly #tokens = new Map<bigint, Token>();
  readonly #batches = new Map<bigint, Batch>();
  readonly #campaigns = new Map<Hex, Campaign>();
  readonly #balances = new Map<string, bigint>();
  readonly #admitted = new Map<string, Hex>();
  readonly #nonces = new Set<string>();
  /** Owners that changed after the mint. */
  moves = 0;

  apply(event: AwardEvent): void {
    (this.#handlers[event.name] as (event: AwardEvent) => void)(event);
  }

  /** Every token, in the order of ids. */
  awards(): ReplayedAward[] {
    return [...this.#tokens.keys()].toSorted((a, b) => (a < b ? -1 : 1)).map((id) => this.award(id)!);
  }

  award(id: bigint): ReplayedAward | undefined {
    const token = this.#tokens.get(id);
    if (token === undefined) return undefined;
    const { owner, start, end } = token;
    const batch = this.#batches.get(batchOfToken(id));
    const evidence = this.#evidence(id, token, batch);
    return {
      id,
      owner,
      start,
      end,
      revoked: this.#isRevoked(id, token, batch),
      ...(evidence === undefined ? {} : { evidence }),
      ...(batch?.campaign === undefined ? {} : { campaign: batch.campaign }),
    };
  }

  batches(): ReplayedBatch[] {
    return [...this.#batches].map(([batch, { typeId, issuer, count, evidenceLog, revoked, campaign }]) => {
      const shared = { batch, typeId, issuer, count, evidenceLog, revoked };
      return campaign === undefined ? shared : { ...shared, campaign };
    });
  }

  /** Live tokens of an account. */
  balanceOf(account: string): bigint {
    return this.#balances.get(account.toLowerCase()) ?? 0n;
  }

  /** Everybody who ever had a token, with what they have. */
  balances(): ReadonlyMap<string, bigint> {
    return this.#balances;
  }

  /** The subject an account was admitted for. */
  admittedAs(account: string): Hex | undefined {
    return this.#admitted.get(account.toLowerCase());
  }

  isNonceUsed(signer: string, nonce: bigint): boolean {
    return this.#nonces.has(`${signer.toLowerCase()} ${nonce}`);
  }

  /** Whether a leaf or its campaign is revoked, token or not. */
  isLeafRevoked(campaign: Hex, index: bigint): boolean {
    const known = this.#campaigns.get(campaign);
    return known !== undefined && (known.revoked || known.leaves.has(index));
  }

  /** Leaves of a campaign that are revoked alone. */
  revocationsOf(campaign: Hex): bigint {
    return BigInt(this.#campaigns.get(campaign)?.leaves.size ?? 0);
  }

  readonly #handlers: { readonly [N in AwardEvent["name"]]: (event: Extract<AwardEvent, { name: N }>) => void } = {
    Transfer: ({ from, to, id }) => {
      if (from !== nobody) this.moves++;
      this.#token(id).owner = to;
      this.#add(from, -1n);
      this.#add(to, 1n);
    },
    TokenExpiryUpdated: ({ id, start, end }) => void Object.assign(this.#token(id), { start, end }),
    BatchGranted: ({ batch, typeId, issuer, count, evidenceLog, evidence }) => {
      this.#batches.set(batch, { typeId, issuer, count, evidenceLog, evidence, revoked: false });
    },
    AwardMaterialised: ({ id, campaign }) => this.#takeCampaign(batchOfToken(id), campaign),
    AwardRevoked: ({ id }) => void (this.#token(id).revoked = true),
    AwardReinstated: ({ id }) => void (this.#token(id).revoked = false),
    BatchRevoked: ({ batch }) => void (this.#batches.get(batch)!.revoked = true),
    BatchReinstated: ({ batch }) => void (this.#batches.get(batch)!.revoked = false),
    EvidenceCorrected: ({ id, to }) => void (this.#token(id).evidence = to),
    HolderAdmitted: ({ account, subject }) => void this.#admitted.set(account.toLowerCase(), subject),
    NonceUsed: ({ signer, nonce }) => void this.#nonces.add(`${signer.toLowerCase()} ${nonce}`),
    CampaignOpened: ({ campaign, typeId, issuer }) => {
      this.#campaigns.set(campaign, { typeId, issuer, revoked: false, leaves: new Set() });
    },
    CampaignRevoked: ({ campaign }) => void (this.#campaigns.get(campaign)!.revoked = true),
    CampaignReinstated: ({ campaign }) => void (this.#campaigns.get(campaign)!.revoked = false),
    LeafRevoked: ({ campaign, index }) => void this.#campaigns.get(campaign)!.leaves.add(index),
    LeafReinstated: ({ campaign, index }) => void this.#campaigns.get(campaign)!.leaves.delete(index),
  };

  #token(id: bigint): Token {
    const known = this.#tokens.get(id);
    if (known !== undefined) return known;
    const made: Token = { owner: nobody, start: 0n, end: 0n, revoked: false };
    this.#tokens.set(id, made);
    return made;
  }

  #takeCampaign(batch: bigint, campaign: Hex): void {
    if (this.#batches.has(batch)) return;
    const { typeId, issuer } = this.#campaigns.get(campaign)!;
    const shared = { typeId, issuer, count: 0n, evidenceLog: noLog, evidence: [], revoked: false };
    this.#batches.set(batch, { ...shared, campaign });
  }

  #add(account: Hex, change: bigint): void {
    if (account === nobody) return;
    const key = account.toLowerCase();
    this.#balances.set(key, (this.#balances.get(key) ?? 0n) + change);
  }

  #isRevoked(id: bigint, token: Token, batch: Batch | undefined): boolean {
    if (token.revoked || batch?.revoked === true) return true;
    return batch?.campaign !== undefined && this.isLeafRevoked(batch.campaign, positionOfToken(id));
  }

  #evidence(id: bigint, token: Token, batch: Batch | undefined): EvidencePlace | undefined {
    if (batch === undefined || batch.evidenceLog === noLog) return undefined;
    const index = token.evidence ?? batch.evidence[Number(positionOfToken(id))];
    return index === undefined ? undefined : { logId: batch.evidenceLog, index };
  }
}

/** Replays all awards of a suite from its events. */
export async function replayAwards(suite: Suite, source: LogSource): Promise<AwardsReplay> {
  const replay = new AwardsReplay();
  for await (const event of awardEvents(suite, source)) replay.apply(event);
  return replay;
}
