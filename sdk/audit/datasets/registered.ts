import { isError, zeroPadValue, toBeHex } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import { chunksOf } from "./description.js";

/** What `DatasetRegistered` said. */
export interface Registration {
  readonly datasetId: Hex;
  /** Member. */
  readonly holder: bigint;
  readonly root: Hex;
  /** Bytes of the ciphertext. */
  readonly size: bigint;
  readonly mirrorsPromised: bigint;
  readonly mediaType: string;
  /** Block of the registration. */
  readonly block: number;
}

/** How one member stands to a dataset; times are block seconds, 0 for never. */
export interface MemberStanding {
  readonly member: bigint;
  readonly part: "holder" | "mirror";
  /** Of the mirror's latest statement; 0 while it does not vouch, and for the holder. */
  readonly vouchedAt: bigint;
  readonly withdrawnAt: bigint;
  readonly answeredAt: bigint;
  readonly missedAt: bigint;
  readonly answered: bigint;
  readonly missed: bigint;
}

/** What the chain says of a dataset now. */
export interface RegisteredDataset {
  readonly datasetId: Hex;
  readonly root: Hex;
  readonly size: bigint;
  readonly chunks: bigint;
  readonly holder: bigint;
  /** Block seconds. */
  readonly registeredAt: bigint;
  /** Block seconds of the holder's notice; 0 while it is kept. */
  readonly retiredAt: bigint;
  readonly mirrorsPromised: bigint;
  /** How many mirrors vouch now. */
  readonly mirrors: bigint;
  /** The holder first, then all that ever vouched. */
  readonly standings: readonly MemberStanding[];
}

/**
 * Reads a dataset with its mirrors and how each of them stands.
 * @throws RevertError `DatasetsUnknown`
 */
export async function readDataset(suite: Suite, datasetId: Hex): Promise<RegisteredDataset> {
  const datasets = suite.contract("Datasets");
  return reading(`the question for dataset ${datasetId}`, async () => {
    const { root, size, holder, registeredAt, retiredAt, mirrorsPromised, mirrors } =
      await datasets.datasetOf(datasetId);
    const members = [holder, ...(await datasets.mirrorsOf(datasetId))];
    const standings = members.map(async (member, i): Promise<MemberStanding> => {
      const { vouchedAt, withdrawnAt, answeredAt, missedAt, answered, missed } = await datasets.standingOf(
        datasetId,
        member,
      );
      const part = i === 0 ? "holder" : "mirror";
      return { member, part, vouchedAt, withdrawnAt, answeredAt, missedAt, answered, missed };
    });
    return {
      datasetId,
      root: root as Hex,
      size,
      chunks: chunksOf(size),
      holder,
      registeredAt,
      retiredAt,
      mirrorsPromised,
      mirrors,
      standings: await Promise.all(standings),
    };
  });
}

/** Whether the chain knows a dataset of this id. */
export async function isRegistered(suite: Suite, datasetId: Hex): Promise<boolean> {
  try {
    await suite.contract("Datasets").datasetOf(datasetId);
    return true;
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") && error.revert?.name === "DatasetsUnknown") return false;
    throw error;
  }
}

/** All registrations, oldest first, of one dataset or of one holder where they are named. */
export async function* registrations(
  suite: Suite,
  source: LogSource,
  { datasetId, holder }: { readonly datasetId?: Hex; readonly holder?: bigint } = {},
): AsyncGenerator<Registration> {
  const abi = suite.contract("Datasets").interface;
  const event = abi.getEvent("DatasetRegistered");
  const indexed = [datasetId ?? null, holder === undefined ? null : memberTopic(holder)];
  for await (const log of logsInRanges(source, [suite.address("Datasets")], [event.topicHash], indexed)) {
    const { args } = abi.parseLog(log)!;
    yield {
      datasetId: args["datasetId"] as Hex,
      holder: args["holder"] as bigint,
      root: args["root"] as Hex,
      size: args["size"] as bigint,
      mirrorsPromised: args["mirrorsPromised"] as bigint,
      mediaType: args["mediaType"] as string,
      block: log.blockNumber,
    };
  }
}

/**
 * Finds the registration of a dataset by its id, or by its root.
 * @param holder of whose datasets it is, where several members registered the same root
 * @throws SteleError `missing`, or `usage` where several members registered the root and none is named
 */
export async function findRegistration(
  suite: Suite,
  source: LogSource,
  rootOrId: Hex,
  holder?: bigint,
): Promise<Registration> {
  const wanted = rootOrId.toLowerCase() as Hex;
  const filter = (await isRegistered(suite, wanted)) ? { datasetId: wanted } : holder === undefined ? {} : { holder };
  const found: Registration[] = [];
  for await (const one of registrations(suite, source, filter)) {
    if (one.datasetId === wanted || one.root === wanted) found.push(one);
  }
  const [first, second] = found;
  if (first === undefined) {
    throw new SteleError("missing", `no dataset with root or id ${rootOrId} is registered on this network`);
  }
  if (second === undefined) return first;
  const ids = found.map(({ datasetId, holder: member }) => `${datasetId} of member ${member}`).join(", ");
  throw new SteleError("usage", `root ${rootOrId} is registered more than once; name one by its id: ${ids}`);
}

/** A member's number as a topic of an event. */
export function memberTopic(member: bigint): string {
  return zeroPadValue(toBeHex(member), 32);
}
