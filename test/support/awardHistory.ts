import { encodeBytes32String, type ContractTransactionResponse } from "ethers";
import fc from "fast-check";

import { equal, toHex, type Hex } from "../../sdk/common/bytes.js";
import { leafHash } from "../../sdk/proof/merkle.js";
import { fieldTree } from "../../sdk/records/tree.js";
import { encodeLeaf, leafStruct, type AwardLeaf, type CampaignTerms } from "../../sdk/rewards/campaign/leaf.js";
import { signGrant } from "../../sdk/rewards/granting/signed.js";
import { fromHex } from "../../sdk/common/bytes.js";
import { claim, tokenIn, type AwardsSuite } from "./awards.js";
import type { ActorLabel, PersonLabel } from "./rewards.js";

/** What may happen; numbers choose among what there is. */
const acts = [
  "grant",
  "grant",
  "grantSigned",
  "open",
  "materialise",
  "materialise",
  "revoke",
  "reinstate",
  "revokeBatch",
  "reinstateBatch",
  "revokeLeaf",
  "reinstateLeaf",
  "revokeCampaign",
  "reinstateCampaign",
  "admit",
  "useNonce",
  "claim",
  "recover",
  "migrate",
] as const;

export interface Happening {
  readonly act: (typeof acts)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const small = fc.nat({ max: 1_000 });

/** Random histories. */
export const histories = (length: number): fc.Arbitrary<Happening[]> =>
  fc.array(fc.record({ act: fc.constantFrom(...acts), a: small, b: small, c: small }), {
    minLength: length,
    maxLength: length,
  });

interface KnownCampaign {
  readonly terms: CampaignTerms;
  readonly leaves: readonly AwardLeaf[];
}

const people = ["ada", "ben", "cai", "dou", "eva"] as const satisfies readonly PersonLabel[];
const reason = encodeBytes32String("decision");

/** Lets a history happen on a chain. What the contracts refuse did not happen; nothing else is passed over. */
export class AwardHistory {
  readonly campaigns: KnownCampaign[] = [];
  /** Acts that the chain took, by name. */
  readonly taken = new Map<string, number>();
  #nonce = 0n;
  #fresh: ActorLabel[] = ["fresh", "fresher"];
  readonly #account = new Map<PersonLabel, ActorLabel>();

  constructor(
    readonly suite: AwardsSuite,
    readonly pass: (seconds: number) => Promise<unknown>,
  ) {}

  async happen(one: Happening): Promise<void> {
    try {
      const done = await this.#acts[one.act](one);
      if (done === "nothing") return;
      this.taken.set(one.act, (this.taken.get(one.act) ?? 0) + 1);
    } catch (error) {
      if (!/revert/i.test(String((error as Error).message))) throw error;
    }
  }

  #pick<T>(all: readonly T[], n: number): T | undefined {
    return all.length === 0 ? undefined : all[n % all.length];
  }

  /** Somebody's account: the first one, or the present one. */
  #accountOf(n: number): ActorLabel {
    const person = people[n % people.length]!;
    return n % 3 === 0 ? person : (this.#account.get(person) ?? person);
  }

  async #token({ a, b }: Happening): Promise<bigint | undefined> {
    const count = await this.suite.awards.batchCount();
    return count === 0n ? undefined : tokenIn(1n + (BigInt(a) % count), BigInt(b % 4));
  }

  async #batch({ a }: Happening): Promise<bigint | undefined> {
    const count = await this.suite.awards.batchCount();
    return count === 0n ? undefined : 1n + (BigInt(a) % count);
  }

  #grantOf({ a, b, c }: Happening) {
    const accounts = Array.from({ length: 1 + (a % 3) }, (_, i) => this.#accountOf(b + i * c));
    return this.suite.grantOf(accounts, c % 4 === 0 ? { expires: 2n ** 39n } : {});
  }

  readonly #acts: Record<
    Happening["act"],
    (one: Happening) => Promise<ContractTransactionResponse | "nothing" | void>
  > = {
    grant: async (one) => this.suite.as("department", "Awards").grant(this.#grantOf(one)),
    grantSigned: async (one) => {
      const grant = this.#grantOf(one);
      const { wallet, address } = this.suite.actor("clerk");
      const accounts = grant.accounts as Hex[];
      const plain = {
        typeId: this.suite.plainType,
        expires: BigInt(grant.expires),
        evidenceLog: toHex(new Uint8Array(32)),
      };
      const nonce = one.c % 5 === 0 ? BigInt(one.c) : this.#nonce++;
      const signed = { ...plain, accounts, evidence: [], nonce, deadline: 2n ** 39n };
      const signature = await signGrant(this.suite.suite, wallet, signed);
      const contract = this.suite.as("outsider", "Awards");
      return contract.grantBySignature(
        { ...plain, accounts, evidence: [] },
        address,
        nonce,
        signed.deadline,
        signature,
      );
    },
    open: async ({ a, b }) => this.#open(1 + (a % 5), b),
    materialise: async (one) => this.#materialise(one),
    revoke: async (one) => this.#onToken(one, "revoke"),
    reinstate: async (one) => this.#onToken(one, "reinstate"),
    revokeBatch: async (one) => this.#onBatch(one, "revokeBatch"),
    reinstateBatch: async (one) => this.#onBatch(one, "reinstateBatch"),
    revokeLeaf: async (one) => this.#onLeaf(one, "revokeLeaf"),
    reinstateLeaf: async (one) => this.#onLeaf(one, "reinstateLeaf"),
    revokeCampaign: async (one) => this.#onCampaign(one, "revokeCampaign"),
    reinstateCampaign: async (one) => this.#onCampaign(one, "reinstateCampaign"),
    admit: async ({ a }) => {
      const accounts = [this.suite.actor(this.#accountOf(a)).address, this.suite.actor("stranger").address];
      return this.suite.as("outsider", "Awards").admit(accounts);
    },
    useNonce: async ({ a }) => this.suite.as("clerk", "Awards").useNonce(BigInt(a)),
    claim: async () => {
      const to = this.#fresh.find((label) => label === "fresh");
      if (to === undefined || this.#account.has("dou")) return "nothing";
      await claim(this.suite, "dou", to);
      this.#moved("dou", to);
    },
    recover: async ({ a }) => {
      const to = this.#fresh.at(-1);
      const person = people[a % 3]!;
      if (to === undefined) return "nothing";
      await this.suite.recover(this.suite.subject(person), to, this.pass);
      this.#moved(person, to);
    },
    migrate: async ({ a, b }) => {
      const count = await this.suite.awards.batchCount();
      const ids = Array.from({ length: 1 + (a % 12) }, (_, i) =>
        tokenIn(1n + (BigInt(b + i) % (count + 1n)), BigInt((a + i) % 4)),
      );
      return this.suite.as("outsider", "Awards").migrate(ids);
    },
  };

  #moved(person: PersonLabel, to: ActorLabel): void {
    this.#account.set(person, to);
    this.#fresh = this.#fresh.filter((label) => label !== to);
  }

  async #open(size: number, seed: number): Promise<ContractTransactionResponse> {
    const leaves = Array.from({ length: size }, (_, i): AwardLeaf => {
      const salt = new Uint8Array(32).fill(this.campaigns.length + 1);
      return { subject: fromHex(this.suite.subject(people[(seed + i) % people.length]!), 32), salt };
    });
    const tree = fieldTree(leaves.map((leaf) => leafHash(encodeLeaf(leaf))));
    const root = toHex(tree.root);
    const issuer = this.suite.actor("department").member;
    const expires = seed % 3 === 0 ? 2n ** 39n : 0n;
    const terms = { root, size: BigInt(size), typeId: this.suite.plainType, issuer, expires };
    const sent = await this.suite.as("department", "Campaigns").open(root, size, expires, terms.typeId);
    this.campaigns.push({ terms, leaves });
    return sent;
  }

  async #materialise({ a, b }: Happening): Promise<ContractTransactionResponse | "nothing"> {
    const campaign = this.#pick(this.campaigns, a);
    if (campaign === undefined) return "nothing";
    const { terms, leaves } = campaign;
    const index = b % leaves.length;
    const leaf = leaves[index]!;
    const person = people.find((label) => equal(fromHex(this.suite.subject(label), 32), leaf.subject))!;
    const tree = fieldTree(leaves.map((one) => leafHash(encodeLeaf(one))));
    const contract = this.suite.as(this.#account.get(person) ?? person, "Awards");
    return contract.materialise(terms, leafStruct(leaf), index, tree.proof(index).map(toHex), 0, "0x");
  }

  async #onToken(one: Happening, act: "revoke" | "reinstate") {
    const id = await this.#token(one);
    return id === undefined ? "nothing" : this.suite.as("department", "Awards")[act](id, reason);
  }

  async #onBatch(one: Happening, act: "revokeBatch" | "reinstateBatch") {
    const batch = await this.#batch(one);
    return batch === undefined ? "nothing" : this.suite.as("department", "Awards")[act](batch, reason);
  }

  async #onLeaf({ a, b }: Happening, act: "revokeLeaf" | "reinstateLeaf") {
    const campaign = this.#pick(this.campaigns, a);
    if (campaign === undefined) return "nothing";
    const index = b % campaign.leaves.length;
    return this.suite.as("department", "Campaigns")[act](campaign.terms, index, reason);
  }

  async #onCampaign({ a }: Happening, act: "revokeCampaign" | "reinstateCampaign") {
    const campaign = this.#pick(this.campaigns, a);
    return campaign === undefined ? "nothing" : this.suite.as("department", "Campaigns")[act](campaign.terms, reason);
  }
}
