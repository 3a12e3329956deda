import type { Interface, Log, LogDescription } from "ethers";

import type { Suite } from "../../chain/suite.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { listLength, StatusLayout, type StatusPlaces, type StatusSpan } from "./places.js";

const spanEvents = ["CampaignOpened", "BatchGranted"];
const statusEvents = ["Campaign", "Leaf", "Batch", "Award"].flatMap((what) => [`${what}Revoked`, `${what}Reinstated`]);

/** All awards of one issuer, and which of them are revoked, replayed from the events of the chain. */
export interface IssuerStatus {
  readonly layout: StatusLayout;
  /** Block seconds of the head that it was read at. */
  readonly time: bigint;
  /** Indexes of one list that are revoked. */
  revokedIn(list: bigint, places: StatusPlaces): Generator<number>;
}

/**
 * Replays what a member granted and revoked. Memory grows with the grants, campaigns and revocations of that member, not
 * with its awards.
 * @param issuer member
 * @param source from the block of the deployment on
 */
export async function readIssuerStatus(suite: Suite, issuer: bigint, source: LogSource): Promise<IssuerStatus> {
  const time = await headTime(source);
  const contracts = contractsOf(suite);
  const ofIssuer = `0x${issuer.toString(16).padStart(64, "0")}`;
  const spans: StatusSpan[] = [];
  for await (const event of eventsOf(contracts, source, spanEvents, [null, null, ofIssuer])) {
    const span = spanOf(event);
    if (span !== undefined) spans.push(span);
  }
  const layout = new StatusLayout(spans);
  const revoked = new Revocations(layout);
  for await (const event of eventsOf(contracts, source, statusEvents)) revoked.take(event);
  return { layout, time, revokedIn: (list, places) => revoked.inList(list, places) };
}

async function headTime({ provider }: LogSource): Promise<bigint> {
  const block = await provider.getBlock("latest");
  if (block === null) throw new SteleError("network", "the node does not answer with its latest block");
  return BigInt(block.timestamp);
}

/** What the suite has of awards, by address. */
function contractsOf(suite: Suite): ReadonlyMap<string, Interface> {
  const names = (["Campaigns", "Awards"] as const).filter((name) => suite.has(name));
  return new Map(names.map((name) => [suite.address(name).toLowerCase(), suite.contract(name).interface as Interface]));
}

async function* eventsOf(
  contracts: ReadonlyMap<string, Interface>,
  source: LogSource,
  names: readonly string[],
  indexed: readonly (string | null)[] = [],
): AsyncGenerator<LogDescription> {
  const topics = [...contracts.values()].flatMap((abi) =>
    names.map((name) => abi.getEvent(name)?.topicHash ?? []).flat(),
  );
  for await (const log of logsInRanges(source, [...contracts.keys()], topics, indexed)) {
    const event = parsed(contracts, log);
    if (event !== null) yield event;
  }
}

function parsed(contracts: ReadonlyMap<string, Interface>, log: Log): LogDescription | null {
  return contracts.get(log.address.toLowerCase())?.parseLog(log) ?? null;
}

/** A campaign's tokens stand where their leaves do, so their batch, which has no award of its own, has no span. */
function spanOf({ name, args }: LogDescription): StatusSpan | undefined {
  if (name === "CampaignOpened") {
    return { kind: "campaign", campaignId: args["campaignId"] as Hex, count: args["size"] as bigint };
  }
  const count = args["count"] as bigint;
  return count === 0n ? undefined : { kind: "batch", batch: args["batch"] as bigint, count };
}

/** What is revoked at the end of a history: whole grants and campaigns, and single awards, apart from each other. */
class Revocations {
  readonly #layout: StatusLayout;
  readonly #whole = new Set<bigint | Hex>();
  readonly #single = new Set<bigint>();

  constructor(layout: StatusLayout) {
    this.#layout = layout;
  }

  take({ name, args }: LogDescription): void {
    const [, what, done] = /^(Campaign|Leaf|Batch|Award)(Revoked|Reinstated)$/.exec(name) ?? [];
    if (what === "Campaign") change(this.#whole, args["campaignId"] as Hex, done);
    if (what === "Batch") change(this.#whole, args["batch"] as bigint, done);
    if (what === "Leaf") this.#one(args["campaignId"] as Hex, args["index"] as bigint, done);
    if (what === "Award") {
      const token = args["tokenId"] as bigint;
      this.#one(token >> 32n, token & 0xffff_ffffn, done);
    }
  }

  #one(of: bigint | Hex, offset: bigint, done: string | undefined): void {
    // Of another issuer, or a token of a campaign, which its leaf speaks for.
    if (this.#layout.spanOf(of) === undefined) return;
    change(this.#single, this.#layout.position(of, offset), done);
  }

  *inList(list: bigint, places: StatusPlaces): Generator<number> {
    const from = list * BigInt(listLength);
    const end = from + BigInt(listLength);
    for (const of of this.#whole) {
      const span = this.#layout.spanOf(of);
      if (span === undefined) continue;
      const last = span.start + span.count;
      for (let at = span.start > from ? span.start : from; at < end && at < last; at++) yield places.place(at).index;
    }
    for (const at of this.#single) if (at >= from && at < end) yield places.place(at).index;
  }
}

function change<T>(set: Set<T>, value: T, done: string | undefined): void {
  if (done === "Revoked") set.add(value);
  else set.delete(value);
}
