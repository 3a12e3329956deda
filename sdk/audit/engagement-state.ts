import type { Log } from "ethers";

import { logsInRanges, type LogSource } from "../chain/governance/logs.js";
import { reading } from "../chain/reading.js";
import type { Suite } from "../chain/suite.js";
import type { Hex } from "../common/bytes.js";
import { supports, type Engagement, type Support } from "./engagements.js";
import { teamHistory, type TeamEvent, type TeamTime } from "./team.js";

/** An engagement as the chain has it now, and who was on its team when. */
export interface EngagementState extends Engagement {
  readonly engagementId: Hex;
  /** The office's own reference, or its hash. */
  readonly ref: Hex;
  /** In its window, not closed, its office able to act. */
  readonly active: boolean;
  /** Whether every log it depends on is sound. */
  readonly supported: boolean;
  readonly logs: readonly { readonly lineage: Hex; readonly support: Support }[];
  readonly team: readonly TeamTime[];
}

/**
 * Reads an engagement: its terms and standing now, its team from events in bounded ranges.
 * @throws RevertError `EngagementsUnknown` where there is no such engagement
 */
export async function readEngagement(suite: Suite, engagementId: Hex, source: LogSource): Promise<EngagementState> {
  const contract = suite.contract("Engagements");
  const [kept, lineages, active, [supported, support]] = await reading(
    `the question for engagement ${engagementId}`,
    () =>
      Promise.all([
        contract.engagementOf(engagementId),
        contract.lineagesOf(engagementId),
        contract.isActive(engagementId),
        contract.supportOf(engagementId),
      ]),
  );
  const { scope, office, auditee, from, until, openedAt, closedAt } = kept;
  const { ref, events } = await readEvents(suite, engagementId, source);
  return {
    engagementId,
    ref,
    scope: scope as Hex,
    office,
    auditee,
    from,
    until,
    openedAt,
    closedAt,
    active,
    supported,
    logs: lineages.map((lineage, i) => ({ lineage: lineage as Hex, support: supports[Number(support[i])] ?? "sound" })),
    team: teamHistory(events),
  };
}

async function readEvents(
  suite: Suite,
  engagementId: Hex,
  source: LogSource,
): Promise<{ ref: Hex; events: readonly TeamEvent[] }> {
  const abi = suite.contract("Engagements").interface;
  const wanted = [
    abi.getEvent("EngagementOpened"),
    abi.getEvent("AuditorStaffed"),
    abi.getEvent("AuditorReleased"),
    abi.getEvent("EngagementClosed"),
  ];
  const topics = wanted.map(({ topicHash }) => topicHash);
  const timeOf = blockTimes(source);
  const events: TeamEvent[] = [];
  let ref: Hex = `0x${"00".repeat(32)}`;
  for await (const log of logsInRanges(source, [suite.address("Engagements")], topics, [engagementId])) {
    const said = abi.parseLog(log);
    if (said === null) continue;
    if (said.name === "EngagementOpened") ref = said.args["ref"] as Hex;
    else events.push(teamEvent(said.name, said.args.toObject(), await timeOf(log)));
  }
  return { ref, events };
}

function teamEvent(name: string, args: Record<string, unknown>, time: bigint): TeamEvent {
  if (name === "EngagementClosed") return { kind: "closed", time };
  const auditor = args["auditor"] as string;
  if (name === "AuditorReleased") return { kind: "released", auditor, time };
  return { kind: "staffed", auditor, member: args["member"] as bigint, time };
}

/** Times of blocks, each asked for once. */
function blockTimes({ provider }: LogSource): (log: Log) => Promise<bigint> {
  const known = new Map<number, bigint>();
  return async ({ blockNumber }) => {
    const time = known.get(blockNumber) ?? BigInt((await provider.getBlock(blockNumber))?.timestamp ?? 0);
    known.set(blockNumber, time);
    return time;
  };
}
