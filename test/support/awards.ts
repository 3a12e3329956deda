import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { id, ZeroHash } from "ethers";

import { capabilities } from "../../sdk/chain/capabilities.js";
import type { Awards, AwardPicture, Campaigns, IAwards, IAwardTypes } from "../../typechain-types/index.js";
import { type Account, FOREVER, type TestMember, type TestSubject } from "./authority.js";
import { deployDesk } from "./desk.js";

export const Standing = { None: 0n, Valid: 1n, Revoked: 2n, Expired: 3n, Unsupported: 4n } as const;
export const Category = { Training: 1n, Career: 2n, Mission: 3n, Service: 4n } as const;
export const Granters = { Publisher: 0n, Listed: 1n, Anyone: 2n } as const;

/** Code of a published reason. */
export const REASON = id("reason 17");

export type AwardsWorld = Awaited<ReturnType<typeof deployAwards>>;

/**
 * Authority, logs and desk with the rewards on them: a department that publishes types and grants, another awarder, and
 * one type without evidence or end.
 */
export async function deployAwards(ethers: HardhatEthers) {
  const world = await deployDesk(ethers);
  const { manager, members, subjects, registry, desk, suiteId, signers } = world;
  const addresses = await Promise.all([manager, members, subjects, registry, desk].map((one) => one.getAddress()));
  const [authority, membersAt, subjectsAt, registryAt, deskAt] = addresses as [string, string, string, string, string];
  const campaigns: Campaigns = await ethers.deployContract(
    "Campaigns",
    [authority, membersAt, registryAt, deskAt, suiteId],
    signers.admin,
  );
  const picture: AwardPicture = await ethers.deployContract(
    "AwardPicture",
    [await campaigns.getAddress()],
    signers.admin,
  );
  const awards: Awards = await ethers.deployContract(
    "Awards",
    [authority, membersAt, subjectsAt, registryAt, deskAt, await campaigns.getAddress(), await picture.getAddress()],
    signers.admin,
  );
  await world.restrict(awards, { GUARDIAN: ["halt"], GOVERNOR: ["resume"] });
  await world.restrict(campaigns, { GUARDIAN: ["halt"], GOVERNOR: ["resume"] });

  const department = await world.enrolMember("department", capabilities.AWARDER | capabilities.SUBJECT_OFFICER);
  const otherAwarder = await world.enrolMember("other awarder", capabilities.AWARDER | capabilities.SUBJECT_OFFICER);

  /** Publishes a type of a member; what is not named is a training that anybody may have for ever. */
  const publish = async (wish: Partial<IAwardTypes.TermsStruct> = {}, by: TestMember = department): Promise<bigint> => {
    await campaigns.connect(by.administrator).publish({ ...plainType, ...wish });
    return campaigns.typeCount();
  };
  const typeId = await publish();
  return {
    ...world,
    campaigns,
    picture,
    awards,
    department,
    otherAwarder,
    publishType: publish,
    typeId,
    domain: {
      name: "Stele Awards",
      version: "1",
      chainId: (await ethers.provider.getNetwork()).chainId,
      verifyingContract: await awards.getAddress(),
    },
    /** Enrols people; each has an account of that label. */
    async enrolMany(count: number, prefix = "Person"): Promise<TestSubject[]> {
      const people: TestSubject[] = [];
      for (let i = 1; i <= count; i++) people.push(await world.enrolSubject(department, `${prefix} ${i}`));
      return people;
    },
    /** Grants to these accounts; unless told, by the department and of the plain type. Gives the batch. */
    async grant(accounts: readonly Owner[], wish: GrantWish = {}): Promise<bigint> {
      const by = wish.by ?? department.administrator;
      await awards.connect(by).grant(grantOf(accounts, { typeId, ...wish }));
      return awards.batchCount();
    },
  };
}

type Owner = { readonly address: string } | { readonly account: Account } | string;
export interface GrantWish {
  readonly typeId?: bigint;
  readonly expires?: bigint;
  readonly evidenceLog?: string;
  readonly evidence?: readonly bigint[];
  readonly by?: Account;
}

const plainType: IAwardTypes.TermsStruct = {
  category: Category.Training,
  granters: Granters.Publisher,
  needsEvidence: false,
  points: 0,
  validity: 0,
  supersedes: 0,
  criteriaHash: id("criteria document"),
  criteriaUri: "https://example.org/criteria/17",
  title: "First aid, advanced",
  authority: "Department of Training",
  members: [],
};

/** A grant to these accounts as the contract takes it. */
export function grantOf(accounts: readonly Owner[], wish: GrantWish = {}): IAwards.GrantStruct {
  return {
    typeId: wish.typeId ?? 1n,
    expires: wish.expires ?? 0n,
    evidenceLog: wish.evidenceLog ?? ZeroHash,
    accounts: accounts.map(addressOf),
    evidence: [...(wish.evidence ?? [])],
  };
}

/** Token id of an award: its batch and its position in it. */
export function tokenIn(batch: bigint, position: bigint | number = 0n): bigint {
  return (batch << 32n) | BigInt(position);
}

function addressOf(owner: Owner): string {
  if (typeof owner === "string") return owner;
  return "account" in owner ? owner.account.address : owner.address;
}

export { FOREVER };
