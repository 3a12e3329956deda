import { toBeHex, zeroPadValue } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import { decodeReason, reasons, type Reason } from "../reasons.js";
import { batchOfToken } from "./state.js";

/** Why something does not count: the code of the published list, and since when. */
export interface Why {
  readonly reason: string;
  /** What the list says of it. */
  readonly reasonMeaning?: string;
  /** Block seconds. */
  readonly since: bigint;
}

/** Why a token is revoked, alone or with its batch; undefined where neither is. */
export async function whyTokenRevoked(suite: Suite, source: LogSource, id: bigint): Promise<Why | undefined> {
  const token = word(id);
  const batch = word(batchOfToken(id));
  return (
    (await last(suite, source, "Awards", ["AwardRevoked", "AwardReinstated"], [token])) ??
    (await last(suite, source, "Awards", ["BatchRevoked", "BatchReinstated"], [batch]))
  );
}

/** Why an award of a campaign is revoked, alone or with its campaign; undefined where neither is. */
export async function whyLeafRevoked(
  suite: Suite,
  source: LogSource,
  campaign: Hex,
  index: bigint,
): Promise<Why | undefined> {
  return (
    (await last(suite, source, "Campaigns", ["LeafRevoked", "LeafReinstated"], [campaign, word(index)])) ??
    (await last(suite, source, "Campaigns", ["CampaignRevoked", "CampaignReinstated"], [campaign]))
  );
}

/** The last of the two events for these indexed values, where it is the first kind. */
async function last(
  suite: Suite,
  source: LogSource,
  contract: "Awards" | "Campaigns",
  [revoked, reinstated]: readonly [string, string],
  indexed: readonly string[],
): Promise<Why | undefined> {
  const abi = suite.contract(contract).interface as { getEvent(name: string): { topicHash: string } | null };
  const topics = [revoked, reinstated].map((name) => abi.getEvent(name)!.topicHash);
  let found: { readonly data: string; readonly block: number } | undefined;
  for await (const log of logsInRanges(source, [suite.address(contract)], topics, indexed)) {
    found = log.topics[0] === topics[0] ? { data: log.data, block: log.blockNumber } : undefined;
  }
  if (found === undefined) return undefined;
  const block = await source.provider.getBlock(found.block);
  const reason = decodeReason(found.data); // the reason is the only argument that is not indexed
  const meaning = Object.hasOwn(reasons, reason) ? { reasonMeaning: reasons[reason as Reason] } : {};
  return { reason, ...meaning, since: BigInt(block?.timestamp ?? 0) };
}

function word(value: bigint): string {
  return zeroPadValue(toBeHex(value), 32);
}
