import { replayPoints } from "../../sdk/rewards/awards/points.js";
import { replayAwards } from "../../sdk/rewards/awards/replay.js";
import { decayed } from "../../sdk/rewards/decay.js";
import { heldOf } from "./meritPoints.js";
import type { RewardsSuite } from "./rewards.js";
import type { RewardsModel } from "./rewardsModel.js";
import { lower, pick } from "./rewardsParts.js";

/** Answers of chain and model held against each other: how many, and sentences for those that differ. */
export interface Answers {
  readonly compared: number;
  readonly wrong: readonly string[];
}

function asking() {
  const wrong: string[] = [];
  let compared = 0;
  const hold = (what: string, found: unknown, expected: unknown) => {
    compared++;
    if (String(found).toLowerCase() === String(expected).toLowerCase()) return;
    wrong.push(`${what}: ${String(found)}, and ${String(expected)} in the model`);
  };
  return { hold, answers: (): Answers => ({ compared, wrong }) };
}

/** About one token and one account. */
export async function sampled(world: RewardsSuite, model: RewardsModel, choice: number): Promise<Answers> {
  const { hold, answers } = asking();
  const awards = world.suite.contract("Awards");
  const token = pick([...model.tokens.keys()], choice);
  if (token !== undefined) {
    const standing = model.standingOf(token);
    hold(`standing of ${token}`, (await awards.standingOf(token)).standing, standing);
    hold(`isValid of ${token}`, await awards.isValid(token), standing === 1n);
    hold(`owner of ${token}`, await awards.ownerOf(token), model.tokens.get(token)!.owner);
    hold(`holder of ${token}`, await awards.holderOf(token), model.holderOf(token));
  }
  const account = pick([...model.ties.keys()], choice)!;
  hold(`balance of ${account}`, await awards.balanceOf(account), model.balanceOf(account));
  const points = world.suite.contract("MeritPoints");
  for (const [of, scale] of model.scales) {
    const held = model.held(account, of);
    hold(`points of ${account}`, show(heldOf(await points.pointsOf(account, of))), show(held));
    hold(`decayed points of ${account}`, await points.decayedOf(account, of), decayed(held, scale, model.now));
  }
  return answers();
}

/** The whole state once more, from the chain and from its events alone */
export async function whole(world: RewardsSuite, model: RewardsModel): Promise<Answers> {
  const { hold, answers } = asking();
  const { suite, deployed } = world;
  const source = { provider: deployed.provider, fromBlock: suite.manifest.deploymentBlock, range: 50 };
  const [awards, points] = [await replayAwards(suite, source), await replayPoints(suite, source)];
  const [chain, merits] = [suite.contract("Awards"), suite.contract("MeritPoints")];
  let balances = 0n;
  for (const account of [...model.ties.keys(), lower(world, "stranger")]) {
    const balance = await chain.balanceOf(account);
    balances += balance;
    hold(`balance of ${account} by events`, awards.balanceOf(account), balance);
    for (const of of model.scales.keys()) {
      const held = show(heldOf(await merits.pointsOf(account, of)));
      hold(`points of ${account}`, held, show(model.held(account, of)));
      hold(`points of ${account} by events`, show(points.pointsOf(account, of)), held);
    }
  }
  hold("the sum of balances", balances, model.tokens.size);
  hold("tokens by events", awards.awards().length, model.tokens.size);
  for (const { id: token, owner } of awards.awards()) {
    hold(`owner of ${token} by events`, owner, model.tokens.get(token)?.owner);
    hold(`owner of ${token}`, await chain.ownerOf(token), owner);
    hold(`standing of ${token}`, (await chain.standingOf(token)).standing, model.standingOf(token));
  }
  for (const of of model.scales.keys()) {
    const given = model.grants.filter((grant) => grant.id === of);
    const sum = given.reduce((all, { points: each, taken }) => taken.reduce((left, one) => left + each - one, all), 0n);
    const held = [...model.ties.keys()].map((account) => points.pointsOf(account, of).lifetime);
    hold(
      `MP3: the sum of points of ${of}`,
      held.reduce((a, b) => a + b, 0n),
      sum,
    );
  }
  return answers();
}

function show({ lifetime, era, weight }: { lifetime: bigint; era: bigint; weight: bigint }): string {
  return `${lifetime} of era ${era} weighing ${weight}`;
}
