import type { Hex } from "../../common/bytes.js";
import type { EngagementTerms, Span } from "../conduct.js";

/** An event of Engagements, as far as it decides who may act. Times are block seconds. */
export type EngagementEvent = { readonly time: bigint; readonly engagement: Hex } & (
  | { name: "EngagementOpened"; office: bigint; auditee: bigint; from: bigint; until: bigint; lineages: readonly Hex[] }
  | { name: "AuditorStaffed" | "AuditorReleased"; auditor: string }
  | { name: "EngagementClosed" }
);

/** An engagement as its events tell it. */
export interface KnownEngagement extends EngagementTerms {
  readonly id: Hex;
  readonly lineages: readonly Hex[];
}

interface Entry {
  terms: KnownEngagement;
  readonly team: Map<string, Span[]>;
}

/** Engagements and who was on their teams when: the events of Engagements, folded. */
export class EngagementHistory {
  readonly #entries = new Map<Hex, Entry>();

  /** @param events oldest first */
  constructor(events: Iterable<EngagementEvent> = []) {
    for (const event of events) this.add(event);
  }

  /** Takes the next event. */
  add(event: EngagementEvent): void {
    const { time, engagement: id } = event;
    if (event.name === "EngagementOpened") {
      const { office, auditee, from, until, lineages } = event;
      this.#entries.set(id, {
        terms: { id, office, auditee, from, until, lineages, openedAt: time },
        team: new Map(),
      });
      return;
    }
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (event.name === "EngagementClosed") {
      entry.terms = { ...entry.terms, closedAt: time };
      return;
    }
    const account = event.auditor.toLowerCase();
    const spans = entry.team.get(account) ?? [];
    const last = spans.at(-1);
    if (event.name === "AuditorStaffed") spans.push({ from: time });
    else if (last !== undefined) spans[spans.length - 1] = { ...last, until: time };
    entry.team.set(account, spans);
  }

  get(id: Hex): KnownEngagement | undefined {
    return this.#entries.get(id)?.terms;
  }

  /** When an account was on the team. */
  team(id: Hex, account: string): readonly Span[] {
    return this.#entries.get(id)?.team.get(account.toLowerCase()) ?? [];
  }

  /** All engagements, in the order of their opening. */
  all(): KnownEngagement[] {
    return [...this.#entries.values()].map(({ terms }) => terms);
  }
}
