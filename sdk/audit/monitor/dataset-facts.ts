import { capabilities } from "../../chain/capabilities.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import { challengeStates, drawPeriod } from "../challenges.js";
import { readDataset, type MemberStanding } from "../datasets/registered.js";
import type { ChainEvent } from "./chain-events.js";
import type { ChallengeFacts, DatasetFacts, StandingFacts } from "./datasets.js";
import { accepts } from "./log-facts.js";

/** A dataset as its registration names it. */
export interface RegisteredDataset {
  readonly id: Hex;
  readonly holder: bigint;
  readonly root: Hex;
}

/** The dataset that an event registers; undefined for any other event. */
export function registeredDataset({ contract, said }: ChainEvent): RegisteredDataset | undefined {
  if (contract !== "Datasets" || said.name !== "DatasetRegistered") return undefined;
  const { datasetId, holder, root } = said.args.toObject() as { datasetId: Hex; holder: bigint; root: Hex };
  return { id: datasetId, holder, root };
}

/** Reads what the chain says of a dataset now. */
export async function readDatasetFacts(
  suite: Suite,
  registered: RegisteredDataset,
  now: bigint,
): Promise<DatasetFacts> {
  const { id, holder, root } = registered;
  const { registeredAt, retiredAt, mirrorsPromised, standings } = await readDataset(suite, id);
  const factsOf = (standing: MemberStanding) => withCapability(suite, standing, now);
  const [own, ...mirrors] = await Promise.all(standings.map(factsOf));
  return { id, root, holder, registeredAt, retiredAt, mirrorsPromised, holderStanding: own!, mirrors };
}

async function withCapability(suite: Suite, standing: MemberStanding, now: bigint): Promise<StandingFacts> {
  const { member, vouchedAt, withdrawnAt, answeredAt, missedAt, missed } = standing;
  const members = suite.contract("Members");
  const info = await reading(`the question for member ${member}`, () => members.memberInfo(member));
  const mayMirror = (info.capabilities & capabilities.MIRROR) !== 0n;
  const capable = mayMirror && info.status === 1n && info.validFrom <= now && now < info.validUntil;
  return { member, vouchedAt, withdrawnAt, answeredAt, missedAt, missed, capable };
}

/**
 * Reads a challenge; undefined where it is over.
 * @param from the account that would act: only the office's own may draw once more
 */
export async function readChallenge(suite: Suite, id: bigint, from?: string): Promise<ChallengeFacts | undefined> {
  const datasets = suite.contract("Datasets");
  const found = await reading(`the question for challenge ${id}`, () => datasets.challengeOf(id));
  const state = challengeStates[Number(found.state)];
  if (state !== "pending" && state !== "drawn") return undefined;
  const as = from === undefined ? {} : { from };
  const pending = state === "pending";
  const over = () => reading("the clock", () => suite.contract("OpenClock").elapsed(found.openedAt));
  return {
    id,
    dataset: found.datasetId as Hex,
    respondent: found.respondent,
    state,
    openedAt: found.openedAt,
    drawable: pending && (await accepts(() => datasets.draw.staticCall(id, as))),
    missable: !pending && (await accepts(() => datasets.markMissed.staticCall(id, as))),
    lapsed: pending && (await over()) > drawPeriod,
  };
}
