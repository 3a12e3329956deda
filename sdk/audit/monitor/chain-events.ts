import type { EventFragment, Interface, LogDescription } from "ethers";
import { z } from "zod";

import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { ContractName, Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import { hash32, hexText } from "../../common/schema.js";
import type { EngagementEvent } from "./engagement-history.js";
import type { MembershipEvent } from "./membership.js";

/** Contracts whose history the monitor follows. */
const followed = ["Members", "Engagements", "Datasets"] as const satisfies readonly ContractName[];

const eventSchema = z.strictObject({
  contract: z.enum(followed),
  topics: z.array(hash32),
  data: hexText,
  time: z.int(),
});

/** What was read of the chain's history; it can be thrown away and read again. */
export const eventLogSchema = z.strictObject({
  suiteId: hash32,
  /** The last block that was read, and its hash: another one means that the chain's history changed. */
  block: z.int(),
  hash: hash32,
  events: z.array(eventSchema),
});
export type EventLog = z.output<typeof eventLogSchema>;

/** An event with its block's time. */
export interface ChainEvent {
  readonly contract: (typeof followed)[number];
  readonly time: bigint;
  readonly said: LogDescription;
}

/**
 * Reads what the followed contracts said since the last run.
 * @param known of the last run; it is read anew where it is not of this chain
 */
export async function followEvents(known: EventLog | undefined, suite: Suite, source: LogSource): Promise<EventLog> {
  const { provider } = source;
  const block = await provider.getBlockNumber();
  const usable =
    known?.suiteId === suite.manifest.suiteId && (await provider.getBlock(known.block))?.hash === known.hash;
  const events: EventLog["events"] = usable ? [...known.events] : [];
  const fromBlock = usable ? known.block + 1 : source.fromBlock;
  const contracts = new Map(
    followed.filter((name) => suite.has(name)).map((name) => [suite.address(name).toLowerCase(), name]),
  );
  const times = new Map<number, number>();
  for await (const log of logsInRanges({ ...source, fromBlock }, [...contracts.keys()], topicsOf(suite))) {
    const contract = contracts.get(log.address.toLowerCase());
    if (contract === undefined || log.blockNumber > block) continue;
    const time = times.get(log.blockNumber) ?? Number((await provider.getBlock(log.blockNumber))?.timestamp ?? 0);
    times.set(log.blockNumber, time);
    events.push({ contract, topics: log.topics as Hex[], data: log.data as Hex, time });
  }
  const hash = (await provider.getBlock(block))?.hash as Hex;
  return { suiteId: suite.manifest.suiteId, block, hash, events };
}

function topicsOf(suite: Suite): string[] {
  return followed
    .filter((name) => suite.has(name))
    .flatMap((name) => {
      const events: EventFragment[] = [];
      (suite.contract(name).interface as Interface).forEachEvent((event) => void events.push(event));
      return events.map(({ topicHash }) => topicHash);
    });
}

/** The events, decoded, oldest first. */
export function* decoded(log: EventLog, suite: Suite): Generator<ChainEvent> {
  const interfaces = new Map(
    followed.filter((name) => suite.has(name)).map((name) => [name, suite.contract(name).interface as Interface]),
  );
  for (const { contract, topics, data, time } of log.events) {
    const said = interfaces.get(contract)?.parseLog({ topics, data });
    if (said !== null && said !== undefined) yield { contract, time: BigInt(time), said };
  }
}

/** An event of Members that decides who may act; undefined for any other. */
export function membershipEvent({ contract, time, said }: ChainEvent): MembershipEvent | undefined {
  if (contract !== "Members") return undefined;
  // Some events have an argument called name.
  const { member, account, administrator, ...rest } = said.args.toObject() as Record<string, never>;
  switch (said.name) {
    case "MemberEnrolled":
    case "MemberCapabilitiesChanged":
    case "MemberValidityChanged":
    case "MemberSuspended":
    case "MemberReinstated":
    case "DelegateAccepted":
    case "DelegateRemoved":
      return { ...rest, name: said.name, time, member, account } as unknown as MembershipEvent;
    case "AdministratorAccepted":
      return { ...rest, name: said.name, time, member, account: administrator } as unknown as MembershipEvent;
    default:
      return undefined;
  }
}

/** Arguments of the events of Engagements; each event has some of them. */
interface EngagementArguments {
  readonly engagementId: Hex;
  readonly office: bigint;
  readonly auditee: bigint;
  readonly from: bigint;
  readonly until: bigint;
  readonly auditor: string;
  readonly lineages: readonly Hex[];
}

/** An event of Engagements; undefined for any other. */
export function engagementEvent({ contract, time, said }: ChainEvent): EngagementEvent | undefined {
  if (contract !== "Engagements") return undefined;
  const named = said.args.toObject() as EngagementArguments;
  const { engagementId, office, auditee, from, until, auditor, lineages } = named;
  switch (said.name) {
    case "EngagementOpened":
      return { name: said.name, time, engagement: engagementId, office, auditee, from, until, lineages: [...lineages] };
    case "AuditorStaffed":
    case "AuditorReleased":
      return { name: said.name, time, engagement: engagementId, auditor };
    case "EngagementClosed":
      return { name: said.name, time, engagement: engagementId };
    default:
      return undefined;
  }
}
