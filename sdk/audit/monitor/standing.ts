import { formatInstant } from "../../common/time.js";
import { finding, type Finding } from "./finding.js";
import type { LogFacts } from "./log-facts.js";

/** What is to be said of a log's standing on chain: silent, marked, frozen, succeeded. */
export function checkStanding(facts: LogFacts): Finding[] {
  const { logId, lineage, silent, markable, lastMarked, status, successor, lastAdvance, size } = facts;
  const subject = { log: logId };
  const findings: Finding[] = [];
  if (silent) {
    const sentence = `log ${logId} has been silent for longer than its policy allows, since ${formatInstant(lastAdvance)}`;
    const label = `mark log ${logId} as overdue`;
    const wanted = { kind: "markOverdue", contract: "LogRegistry", values: [logId], label } as const;
    const more = { subject, ...(markable ? { wanted } : {}) };
    findings.push(finding("silence", "alarm", [logId], sentence, more));
  }
  if (lastMarked > 0n) {
    const sentence = `log ${logId} was marked overdue at ${formatInstant(lastMarked)}; the mark is permanent`;
    findings.push(finding("standing", "alarm", [lineage, "overdue", lastMarked], sentence, { subject }));
  }
  if (status === "frozen" && successor === undefined) {
    const sentence = `log ${logId} is frozen at ${size} entries: its key signed two histories; its supervisor can open a successor`;
    findings.push(finding("standing", "alarm", [logId, "frozen"], sentence, { subject }));
  }
  if (successor !== undefined) {
    const sentence = `log ${logId} was frozen at ${size} entries and goes on as ${successor}`;
    findings.push(finding("standing", "notice", [logId, "succeeded"], sentence, { subject }));
  }
  return findings;
}
