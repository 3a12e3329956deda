import type { Hex } from "../../common/bytes.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import { addPoints, decayed, mergePoints, noPoints, takePoints, type DecayScale, type HeldPoints } from "../decay.js";
import { placeOf, type EventPlace } from "./events.js";
import { nobody } from "./state.js";

/** What `MeritPoints` said, as far as points follow from it. `time` is that of the block, in seconds. */
export type PointsEvent =
  | { readonly name: "ScaleOpened"; readonly id: bigint; readonly halfLife: bigint; readonly time: bigint }
  | {
      readonly name: "PointsGranted";
      readonly grantId: bigint;
      readonly typeId: bigint;
      readonly issuer: bigint;
      readonly points: bigint;
      readonly time: bigint;
    }
  | {
      readonly name: "PointsAdjusted";
      readonly grantId: bigint;
      readonly account: Hex;
      readonly position: bigint;
      readonly points: bigint;
      readonly reason: Hex;
    }
  | {
      readonly name: "TransferSingle";
      readonly from: Hex;
      readonly to: Hex;
      readonly id: bigint;
      readonly value: bigint;
    };

/** A grant of points as events tell it. */
export interface ReplayedGrant {
  readonly typeId: bigint;
  readonly issuer: bigint;
  readonly points: bigint;
  readonly time: bigint;
}

/**
 * Points of everybody, from events alone. A mint takes the time of the grant before it, a burn that of the grant which
 * the adjustment before it names: so the contract emits them.
 */
export class PointsReplay {
  readonly #scales = new Map<bigint, DecayScale>();
  readonly #grants = new Map<bigint, ReplayedGrant>();
  readonly #held = new Map<string, HeldPoints>();
  readonly #adjusted = new Map<string, bigint>();
  #granted = 0n;
  #adjusting = 0n;

  apply(event: PointsEvent): void {
    switch (event.name) {
      case "ScaleOpened":
        this.#scales.set(event.id, { since: event.time, halfLife: event.halfLife });
        return;
      case "PointsGranted": {
        const { grantId, typeId, issuer, points, time } = event;
        this.#grants.set(grantId, { typeId, issuer, points, time });
        this.#granted = grantId;
        return;
      }
      case "PointsAdjusted": {
        const place = `${event.grantId} ${event.position}`;
        this.#adjusted.set(place, (this.#adjusted.get(place) ?? 0n) + event.points);
        this.#adjusting = event.grantId;
        return;
      }
      case "TransferSingle":
        this.#transfer(event);
    }
  }

  /** What an account has of an id; as `pointsOf`. */
  pointsOf(account: string, id: bigint): HeldPoints {
    return this.#held.get(keyOf(account, id)) ?? noPoints;
  }

  /** Weighed by age, in units of 2^-40; as `decayedOf` at that time. */
  decayedOf(account: string, id: bigint, now: bigint): bigint {
    const held = this.pointsOf(account, id);
    return held.lifetime === 0n ? 0n : decayed(held, this.#scale(id), now);
  }

  grants(): ReadonlyMap<bigint, ReplayedGrant> {
    return this.#grants;
  }

  adjustedOf(grantId: bigint, position: bigint): bigint {
    return this.#adjusted.get(`${grantId} ${position}`) ?? 0n;
  }

  scaleOf(id: bigint): DecayScale | undefined {
    return this.#scales.get(id);
  }

  #transfer({ from, to, id, value }: Extract<PointsEvent, { name: "TransferSingle" }>): void {
    if (from === nobody) {
      const { time } = this.#grants.get(this.#granted)!;
      this.#set(to, id, addPoints(this.pointsOf(to, id), this.#scale(id), time, value));
    } else if (to === nobody) {
      const { time } = this.#grants.get(this.#adjusting)!;
      this.#set(from, id, takePoints(this.pointsOf(from, id), this.#scale(id), time, value));
    } else {
      this.#set(to, id, mergePoints(this.pointsOf(to, id), this.pointsOf(from, id)));
      this.#set(from, id, noPoints);
    }
  }

  #scale(id: bigint): DecayScale {
    return this.#scales.get(id)!;
  }

  #set(account: string, id: bigint, held: HeldPoints): void {
    this.#held.set(keyOf(account, id), held);
  }
}

function keyOf(account: string, id: bigint): string {
  return `${account.toLowerCase()} ${id}`;
}

const names = ["ScaleOpened", "PointsGranted", "PointsAdjusted", "TransferSingle"] as const;

/** Events of `MeritPoints`, oldest first, in bounded ranges up to the present head. */
export async function* pointsEvents(suite: Suite, source: LogSource): AsyncGenerator<PointsEvent & EventPlace> {
  const abi = suite.contract("MeritPoints").interface;
  const topics = names.map((name) => abi.getEvent(name).topicHash);
  const times = new BlockTimes(source);
  for await (const log of logsInRanges(source, [suite.address("MeritPoints")], topics)) {
    const parsed = abi.parseLog(log)!;
    const args = parsed.args.toObject();
    const place = placeOf(log);
    switch (parsed.name as PointsEvent["name"]) {
      case "ScaleOpened": {
        const { id, halfLife } = args as { id: bigint; halfLife: bigint };
        yield { name: "ScaleOpened", id, halfLife, time: await times.of(log.blockNumber), ...place };
        break;
      }
      case "PointsGranted": {
        const { grantId, typeId, issuer, points } = args as Record<"grantId" | "typeId" | "issuer" | "points", bigint>;
        const time = await times.of(log.blockNumber);
        yield { name: "PointsGranted", grantId, typeId, issuer, points, time, ...place };
        break;
      }
      case "PointsAdjusted": {
        const { grantId, account, position, points, reason } = args as Extract<PointsEvent, { name: "PointsAdjusted" }>;
        yield { name: "PointsAdjusted", grantId, account, position, points, reason, ...place };
        break;
      }
      case "TransferSingle": {
        const { from, to, id, value } = args as Extract<PointsEvent, { name: "TransferSingle" }>;
        yield { name: "TransferSingle", from, to, id, value, ...place };
      }
    }
  }
}

/** Times of blocks; the last one is kept, as events of one block come together. */
class BlockTimes {
  #last: { readonly number: number; readonly time: bigint } | undefined;

  constructor(readonly source: LogSource) {}

  async of(number: number): Promise<bigint> {
    if (this.#last?.number !== number) {
      const block = await this.source.provider.getBlock(number);
      this.#last = { number, time: BigInt(block?.timestamp ?? 0) };
    }
    return this.#last!.time;
  }
}

/** Replays all points of a suite from its events. */
export async function replayPoints(suite: Suite, source: LogSource): Promise<PointsReplay> {
  const replay = new PointsReplay();
  for await (const event of pointsEvents(suite, source)) replay.apply(event);
  return replay;
}
