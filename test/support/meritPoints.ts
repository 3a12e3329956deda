import { id, type TransactionReceipt } from "ethers";

import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { type HeldPoints, noPoints } from "../../sdk/rewards/decay.js";
import type { IAwardTypes, IMeritPoints } from "../../typechain-types/index.js";
import { type ActorLabel, Category, day, type PersonLabel, type RewardsSuite } from "./rewards.js";

/** What a power of two costs depends on the second, and an estimate is made in another one. */
export const gas = { gasLimit: 12_000_000n } as const;
export const halfLife = 365n * BigInt(day);

/** The suite with the department's scale for training opened, and a type of it that gives ten points. */
export interface PointsWorld extends RewardsSuite {
  readonly helpers: NetworkHelpers;
  /** The department's id for training. */
  readonly id: bigint;
  /** Gives ten points each; published by the department. */
  readonly type: bigint;
  /** Replaces the account of a person: a claim where it is held, a recovery that nobody vetoes otherwise. */
  replace(person: PersonLabel, by: ActorLabel): Promise<void>;
  /** Grants as the department, unless told otherwise. @returns the grant's id */
  grant(accounts: readonly string[], options?: { by?: ActorLabel; type?: bigint }): Promise<bigint>;
  address(label: ActorLabel): string;
  held(account: string, id?: bigint): Promise<HeldPoints>;
}

/** @param world of `deployRewards` */
export async function withPoints(world: RewardsSuite, helpers: NetworkHelpers): Promise<PointsWorld> {
  const points = world.as("department", "MeritPoints");
  await points.openScale(Category.Training, halfLife);
  const type = await world.publishType({ points: 10n });
  const own = await points.idFor(world.actor("department").member, Category.Training);
  const address = (label: ActorLabel) => world.actor(label).address;
  return {
    ...world,
    helpers,
    id: own,
    type,
    address,
    replace: (person, by) => replace(world, helpers, person, by),
    async grant(accounts, { by = "department", type: typeId = type } = {}) {
      const contract = world.as(by, "MeritPoints");
      await contract.grant(typeId, [...accounts], gas);
      return contract.grantCount();
    },
    held: async (account, of = own) => heldOf(await points.pointsOf(account, of)),
  };
}

export function heldOf({ lifetime, era, weight }: IMeritPoints.PointsStructOutput): HeldPoints {
  return lifetime === 0n ? noPoints : { lifetime, era, weight };
}

async function replace(world: RewardsSuite, helpers: NetworkHelpers, person: PersonLabel, by: ActorLabel) {
  const subject = world.subject(person);
  const never = 2n ** 40n - 1n;
  const subjects = world.as("department", "Subjects");
  const consent = await world.consent(by, subject);
  if ((await subjects.subjectInfo(subject)).held) {
    await subjects.claim(subject, world.actor(by).address, never, consent);
    return;
  }
  await subjects.proposeRecovery(subject, world.actor(by).address, never, consent);
  const proposer = world.actor("department").member;
  await world.as("union", "Subjects").secondRecovery(subject, proposer, world.actor(by).address);
  await helpers.time.increase(8 * day);
  await world.as("stranger", "Subjects").completeRecovery(subject);
}

/** A type's terms that another than the department publishes. */
export const anyone = { granters: 2n, category: Category.Training } satisfies Partial<IAwardTypes.TermsStruct>;
export const reason = id("entered twice");

export async function timeOf(world: RewardsSuite, receipt: TransactionReceipt | null): Promise<bigint> {
  return BigInt((await world.deployed.provider.getBlock(receipt!.blockNumber))!.timestamp);
}
