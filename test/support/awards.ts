import { id, type Signer, Wallet, ZeroHash } from "ethers";

import type { SuiteSettings } from "../../sdk/chain/deployment/contracts.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { Hex } from "../../sdk/common/bytes.js";
import { type Awards, Awards__factory, type IAwards, IHaltable__factory } from "../../typechain-types/index.js";
import { type ActorLabel, deployRewards, type PersonLabel, type RewardsSuite } from "./rewards.js";

/** Code of a published reason. */
export const reason = id("reason 17");
type HaltableName = "Awards" | "Campaigns" | "Subjects";
const forever = 2n ** 40n - 1n;

/** What a test wants of a grant; unless told: the department's plain type, without evidence, for as long as the type. */
export interface GrantWish {
  readonly typeId?: bigint;
  readonly expires?: bigint;
  readonly evidenceLog?: string;
  readonly evidence?: readonly bigint[];
  readonly by?: ActorLabel;
}

/** The rewards with one published type, and what tests of awards need beside. */
export interface AwardsSuite extends RewardsSuite {
  /** With every error that it can answer with. */
  readonly awards: Awards;
  /** The department's, without evidence or end. */
  readonly plainType: bigint;
  /** Halts contracts, by the guardian. */
  halt(...contracts: readonly HaltableName[]): Promise<void>;
  /** Grants and gives the batch. A label stands for its account. */
  grant(accounts: readonly (ActorLabel | Hex)[], wish?: GrantWish): Promise<bigint>;
  grantOf(accounts: readonly (ActorLabel | Hex)[], wish?: GrantWish): IAwards.GrantStruct;
  /** Enrols an account of its own label with the department; without coins. */
  enrol(label: string): Promise<{ readonly wallet: Wallet; readonly address: Hex; readonly subject: Hex }>;
  /** Enrols an account that is a contract, or anything else that gives this consent. */
  enrolWith(address: string, signature: (subject: string) => Promise<string>): Promise<Hex>;
  /** Recovers a person's account: two members of different administrators, no veto, and the delay. */
  recover(subject: Hex, to: ActorLabel, pass: (seconds: number) => Promise<unknown>): Promise<void>;
  /** The same, up to the recovery being pending. */
  contest(subject: Hex, to: ActorLabel): Promise<void>;
}

/** Deploys the suite for tests of awards. */
export async function deployAwards(
  provider: Eip1193,
  options: { readonly settings?: SuiteSettings } = {},
): Promise<AwardsSuite> {
  const rewards = await deployRewards(provider, options);
  const { suite, actor, as, consent } = rewards;
  const plainType = await rewards.publishType();
  const addressOf = (one: ActorLabel | Hex): Hex =>
    one.startsWith("0x") ? (one as Hex) : actor(one as ActorLabel).address;
  const grantOf: AwardsSuite["grantOf"] = (accounts, wish = {}) => ({
    typeId: wish.typeId ?? plainType,
    expires: wish.expires ?? 0n,
    evidenceLog: wish.evidenceLog ?? ZeroHash,
    accounts: accounts.map(addressOf),
    evidence: [...(wish.evidence ?? [])],
  });
  const enrolWith: AwardsSuite["enrolWith"] = async (address, signature) => {
    const officer = as("department", "Subjects");
    const [domain, commitment] = [id("employment"), id(`commitment of ${address}`)];
    const subject = (await officer.subjectId(actor("department").member, domain, commitment)) as Hex;
    await officer.enrol(domain, commitment, address, forever, await signature(subject));
    return subject;
  };
  const contest: AwardsSuite["contest"] = async (subject, to) => {
    const target = actor(to).address;
    await as("department", "Subjects").proposeRecovery(subject, target, forever, await consent(to, subject));
    await as("institute", "Subjects").secondRecovery(subject, actor("department").member, target);
  };
  return {
    ...rewards,
    awards: Awards__factory.connect(suite.address("Awards"), rewards.deployed.provider),
    plainType,
    grantOf,
    async grant(accounts, wish = {}) {
      const contract = as(wish.by ?? "department", "Awards");
      await contract.grant(grantOf(accounts, wish));
      return contract.batchCount();
    },
    async halt(...contracts) {
      const { guardian } = rewards.deployed;
      for (const name of contracts) await IHaltable__factory.connect(suite.address(name), guardian).halt();
    },
    enrolWith,
    async enrol(label) {
      const wallet = new Wallet(id(`stele test account: ${label}`), rewards.deployed.provider);
      const address = wallet.address as Hex;
      return { wallet, address, subject: await enrolWith(address, (subject) => bind(rewards, wallet, subject)) };
    },
    contest,
    async recover(subject, to, pass) {
      await contest(subject, to);
      await pass(Number(await suite.contract("Subjects").recoveryDelay()));
      await as("stranger", "Subjects").completeRecovery(subject);
    },
  };
}

/** Hands a held person's account over to one of their own. */
export async function claim(rewards: RewardsSuite, person: PersonLabel, to: ActorLabel): Promise<void> {
  const subject = rewards.subject(person);
  const consent = await rewards.consent(to, subject);
  await rewards.as(person, "Subjects").claim(subject, rewards.actor(to).address, forever, consent);
}

/** Token id of an award: its batch and its position in it. */
export function tokenIn(batch: bigint, position: bigint | number = 0n): bigint {
  return (batch << 32n) | BigInt(position);
}

async function bind({ suite }: RewardsSuite, account: Signer, subject: string): Promise<string> {
  const { chainId } = suite.manifest;
  const domain = { name: "Stele Subjects", version: "1", chainId, verifyingContract: suite.address("Subjects") };
  const Bind = [
    { name: "subject", type: "bytes32" },
    { name: "account", type: "address" },
    { name: "deadline", type: "uint40" },
  ];
  return account.signTypedData(domain, { Bind }, { subject, account: await account.getAddress(), deadline: forever });
}
