import type { Hex } from "../../common/bytes.js";
import type { LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import { pointsEvents } from "./points.js";
import { replayAwards } from "./replay.js";
import { nobody } from "./state.js";

/** What waits for `migrate`: awards and points whose holder has another account by now. */
export interface Waiting {
  readonly tokens: readonly bigint[];
  /** Accounts that were replaced and still have points, by id. */
  readonly points: ReadonlyMap<bigint, readonly Hex[]>;
}

/**
 * Finds what a claim or a recovery left behind.
 * @param subject of one person; everybody's where it is left out
 */
export async function waitingToMove(suite: Suite, source: LogSource, subject?: Hex): Promise<Waiting> {
  const replay = await replayAwards(suite, source);
  const successors = new Successors(suite);
  const tokens: bigint[] = [];
  for (const { id, owner } of replay.awards()) {
    if (subject !== undefined && replay.admittedAs(owner)?.toLowerCase() !== subject.toLowerCase()) continue;
    if (await successors.replaced(owner)) tokens.push(id);
  }
  return { tokens, points: await waitingPoints(suite, source, successors, subject) };
}

async function waitingPoints(
  suite: Suite,
  source: LogSource,
  successors: Successors,
  subject: Hex | undefined,
): Promise<Map<bigint, Hex[]>> {
  const held = new Map<string, { readonly id: bigint; readonly account: Hex }>();
  if (!suite.has("MeritPoints")) return new Map();
  for await (const event of pointsEvents(suite, source)) {
    if (event.name !== "TransferSingle") continue;
    held.delete(`${event.id} ${event.from}`);
    held.set(`${event.id} ${event.to}`, { id: event.id, account: event.to });
  }
  const waiting = new Map<bigint, Hex[]>();
  for (const { id, account } of held.values()) {
    if (!(await successors.replaced(account))) continue;
    if (subject !== undefined && (await successors.subjectOf(account)) !== subject.toLowerCase()) continue;
    if ((await suite.contract("MeritPoints").balanceOf(account, id)) === 0n) continue;
    waiting.set(id, [...(waiting.get(id) ?? []), account]);
  }
  return waiting;
}

/** Which accounts were replaced; each is asked for once. */
class Successors {
  readonly #known = new Map<string, string>();

  constructor(readonly suite: Suite) {}

  async replaced(account: string): Promise<boolean> {
    return account !== nobody && (await this.#successorOf(account)) !== nobody;
  }

  /** The subject of whoever has the account's place now. */
  async subjectOf(account: string): Promise<string> {
    let last = account;
    for (let next = await this.#successorOf(last); next !== nobody; next = await this.#successorOf(last)) last = next;
    return (await this.suite.contract("Subjects").subjectOf(last)).toLowerCase();
  }

  async #successorOf(account: string): Promise<string> {
    const key = account.toLowerCase();
    const known = this.#known.get(key) ?? (await this.suite.contract("Subjects").successorOf(account));
    this.#known.set(key, known);
    return known;
  }
}
