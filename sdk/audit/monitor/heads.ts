import { equal, toHex } from "../../common/bytes.js";
import type { Head } from "../../log/store.js";
import { finding, type Finding } from "./finding.js";
import type { Demand, LogFacts } from "./log-facts.js";
import { contradiction, twoHistories } from "./split-view.js";
import { relate, type Prover, type Statement } from "./statements.js";

/** A statement that a key signed and the chain has not borne out yet, since when the monitor knows it. */
export interface Remembered extends Statement {
  /** Seconds. */
  readonly since: bigint;
}

/** What the checks of a log's heads need. */
export interface HeadsInput {
  readonly facts: LogFacts;
  /** What is said now, and what is remembered of former runs. */
  readonly statements: readonly Remembered[];
  readonly provers: readonly Prover[];
  /** Seconds. */
  readonly now: bigint;
  /** Seconds that a checkpoint may be ahead of the chain before anchoring is demanded. */
  readonly patience: bigint;
  readonly demandOf: (keyEpoch: number, size: bigint) => Promise<Demand | undefined>;
}

export interface HeadsOutcome {
  readonly findings: readonly Finding[];
  /** To be looked at again by the next run. */
  readonly remembered: readonly Remembered[];
}

/** Statements that a log's state remembers, at most: the oldest and the newest half. */
const memory = 256;

/**
 * Holds everything that is said of a log's head against the chain, and what is ahead of the chain against each other.
 * Statements that the chain bears out are forgotten; all others stay, so that what is only a suspicion today is
 * evidence once the chain has grown past it.
 */
export async function checkHeads(input: HeadsInput): Promise<HeadsOutcome> {
  const findings: Finding[] = [];
  const kept: Remembered[] = [];
  for (const statement of distinct(input.statements)) {
    const { size } = input.facts;
    const judged = statement.size <= size ? await behind(statement, input) : await ahead(statement, input);
    findings.push(...judged.findings);
    if (judged.keep && statement.key !== undefined) kept.push(statement);
  }
  findings.push(...(await amongThemselves(kept, input)));
  return { findings, remembered: shortened(kept) };
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly keep: boolean;
}

async function behind(statement: Remembered, input: HeadsInput): Promise<Judged> {
  const relation = await relate(statement, input.facts, input.provers);
  if (relation.kind === "consistent") return { findings: unsigned(statement, input), keep: false };
  if (relation.kind === "contradiction")
    return { findings: [contradiction(statement, relation, input.facts)], keep: true };
  return { findings: [unprovable(statement, relation.why, input), ...unsigned(statement, input)], keep: true };
}

function unprovable(statement: Remembered, why: readonly string[], { facts }: HeadsInput): Finding {
  const { logId, size: head } = facts;
  const { source, size } = statement;
  const asked = why.length === 0 ? "no source of its entries is configured" : why.join("; ");
  const sentence =
    `nothing leads from the checkpoint of log ${logId} at ${size} by ${source} to the chain's head at ${head}: ` +
    `it takes a source with the log's true history (${asked})`;
  return finding("checkpoint", "warning", [logId, source, "unproven"], sentence, { subject: { log: logId, source } });
}

/** A served note that no registered key signed. */
function unsigned({ source, as, key }: Remembered, { facts }: HeadsInput): Finding[] {
  const { logId } = facts;
  if (key !== undefined || as !== "served") return [];
  const sentence = `no registered key signed the checkpoint of log ${logId} that ${source} serves; the log has to publish anew`;
  return [finding("checkpoint", "warning", [logId, source, "unsigned"], sentence, { subject: { log: logId, source } })];
}

async function ahead(statement: Remembered, input: HeadsInput): Promise<Judged> {
  const { facts, now, patience } = input;
  const { logId, size: head } = facts;
  const { source, size, root, key, since } = statement;
  if (key === undefined) return { findings: unsigned(statement, input), keep: false };
  const relation = await relate(facts, statement, input.provers);
  const against = relation.kind === "contradiction";
  const demand = await input.demandOf(key.keyEpoch, size);
  const subject = { log: logId, source };
  const evidence = { size, root: toHex(root), keyEpoch: key.keyEpoch, signature: key.signature };
  const id = [logId, size, toHex(root)];
  const findings: Finding[] = [];
  if (against) {
    const sentence = `the signed checkpoint of log ${logId} at ${size} does not extend the chain's head at ${head}; it is proof once the chain reaches ${size}`;
    findings.push(finding("split-view", "alarm", id, sentence, { subject, evidence }));
  }
  if (facts.status === "frozen") {
    const sentence = `the checkpoint of log ${logId} at ${size} was signed and will not be anchored, as the log is frozen`;
    return { findings: [...findings, finding("ahead", "notice", id, sentence, { subject, evidence })], keep: true };
  }
  if (demand?.markable === true) {
    const label = `mark log ${logId} for not anchoring ${size}`;
    const values = [logId, key.keyEpoch, size];
    const wanted = { kind: "markUnanchored", contract: "LogRegistry", values, label } as const;
    const sentence = `log ${logId} did not anchor the checkpoint at ${size} in the time that its policy allows`;
    const more = { subject, evidence, ...(key.keyEpoch < facts.keyEpoch ? {} : { wanted }) };
    return { findings: [...findings, finding("unanchored", "alarm", id, sentence, more)], keep: true };
  }
  if (demand !== undefined) {
    const sentence = `anchoring of the checkpoint of log ${logId} at ${size} was demanded; the chain's head is at ${head}`;
    findings.push(finding("ahead", "warning", id, sentence, { subject, evidence }));
  } else if (against || now - since >= patience) {
    findings.push(toDemand(statement, id, input));
  } else {
    const sentence = `the checkpoint of log ${logId} at ${size} is ahead of the chain's head at ${head}`;
    findings.push(finding("ahead", "notice", id, sentence, { subject, evidence }));
  }
  return { findings, keep: true };
}

function toDemand(statement: Remembered, id: readonly (string | number | bigint)[], { facts }: HeadsInput): Finding {
  const { logId, size: head, keyEpoch: present } = facts;
  const { source, size, root, key } = statement;
  const { keyEpoch = 0, signature = "0x" } = key ?? {};
  const values = [logId, keyEpoch, size, toHex(root), signature];
  const label = `demand that log ${logId} anchor ${size}`;
  const wanted = { kind: "demandAnchoring", contract: "LogRegistry", values, label } as const;
  const evidence = { size, root: toHex(root), keyEpoch, signature };
  const who = keyEpoch < present ? "; its key is retired, so only the policy's arbiter can demand anchoring" : "";
  const sentence = `the checkpoint of log ${logId} at ${size} was signed and not anchored: the chain's head is at ${head}${who}`;
  const more = { subject: { log: logId, source }, evidence, ...(keyEpoch === present ? { wanted } : {}) };
  return finding("ahead", "warning", id, sentence, more);
}

/** Statements that no honest log could have signed both, whatever the chain will say. */
async function amongThemselves(kept: readonly Remembered[], { facts, provers }: HeadsInput): Promise<Finding[]> {
  const beyond = kept.filter(({ size }) => size > facts.size).toSorted((a, b) => Number(a.size - b.size));
  const findings: Finding[] = [];
  for (const [i, newer] of beyond.entries()) {
    // Consistency passes on, so neighbours are enough.
    const older = beyond[i - 1];
    if (older === undefined) continue;
    const relation = await relate(older, newer, provers);
    if (relation.kind === "contradiction") findings.push(twoHistories(older, newer, facts.logId));
  }
  return findings;
}

/** One statement of each head and signature; the first time it was seen counts. */
function distinct(statements: readonly Remembered[]): Remembered[] {
  const found: Remembered[] = [];
  for (const one of statements) {
    const same = found.findIndex((known) => sameHead(known, one) && speaksFor(known, one));
    if (same < 0) found.push(one);
    else if (one.since < found[same]!.since) found[same] = { ...found[same]!, since: one.since };
  }
  return found;
}

function sameHead(a: Head, b: Head): boolean {
  return a.size === b.size && equal(a.root, b.root);
}

/** Whether the first statement says all that the second says; unsigned ones speak for their source alone. */
function speaksFor(known: Statement, one: Statement): boolean {
  if (known.key === undefined || one.key === undefined) return known.key === one.key && known.source === one.source;
  return known.key.keyEpoch === one.key.keyEpoch;
}

function shortened(kept: readonly Remembered[]): readonly Remembered[] {
  if (kept.length <= memory) return kept;
  return [...kept.slice(0, memory / 2), ...kept.slice(-memory / 2)];
}
