import type { Support } from "../engagements.js";
import { finding, type Finding } from "./finding.js";
import type { KnownEngagement } from "./engagement-history.js";

const words: Readonly<Record<Exclude<Support, "sound">, string>> = {
  overdue: "is silent for longer than its policy allows",
  frozen: "is frozen",
  defaulted: "was marked overdue since the engagement was opened",
};

/** Engagements that are neither closed nor over, and whose logs do not hold. @param support in the order of `lineages` */
export function checkSupport(engagement: KnownEngagement, support: readonly Support[], now: bigint): Finding[] {
  const { id, lineages, closedAt, until } = engagement;
  if (closedAt !== undefined || now >= until) return [];
  return support.flatMap((one, i) => {
    const lineage = lineages[i] ?? "0x";
    if (one === "sound") return [];
    const sentence = `engagement ${id} is not supported: the log with lineage ${lineage} ${words[one]}`;
    const severity = one === "overdue" ? "warning" : "alarm";
    return [finding("support", severity, [id, lineage, one], sentence, { subject: { engagement: id } })];
  });
}
