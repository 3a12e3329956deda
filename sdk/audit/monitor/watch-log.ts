import type { RecordsContext } from "./records.js";
import { RecordChecks } from "./records.js";
import { checkHeads, type Remembered } from "./heads.js";
import { finding, type Finding } from "./finding.js";
import { followRecords, type TreeState } from "./follow.js";
import { keysOf, readDemand, type LogFacts } from "./log-facts.js";
import { down, gatherStatements, openSources, type OpenSource, type Recipient } from "./sources.js";
import { checkStanding } from "./standing.js";
import type { LogConfig } from "./config.js";
import type { LogMemory, MonitorState } from "./state.js";
import type { Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import type { Work } from "../../log/audit.js";

/** What one log's checks need besides its configuration. */
export interface LogRound extends Work {
  readonly suite: Suite;
  readonly state: MonitorState;
  readonly facts: LogFacts;
  readonly context: RecordsContext;
  readonly recipient: Recipient | undefined;
  readonly patience: bigint;
}

/** What the checks of one log found. */
export interface LogOutcome {
  readonly findings: readonly Finding[];
  /** Datasets that its records say were collected. */
  readonly collected: ReadonlyMap<Hex, { readonly index: bigint; readonly time: bigint }>;
}

/** Raised where a change of the checks asks for reading all records again. */
const rulesVersion = 2;

/** Checks one log: its standing, what is said of its head, and the records that are new. Keeps what it came to. */
export async function checkLog(log: LogConfig, round: LogRound): Promise<LogOutcome> {
  const { suite, state, facts, recipient, signal } = round;
  const key = log.holds === "events" ? recipient : undefined;
  const { sources, findings: unopened } = await openSources(log, suite.manifest.chainId, key, signal);
  try {
    const rules = [rulesVersion, log.holds, recipient?.id ?? ""].join(":");
    const memory = await state.log(log.log, rules);
    const heads = await headsOf(log, sources, memory, round);
    const kept = { ...memory, remembered: heads.remembered };
    await state.keepLog(log.log, rules, kept);
    const read = await readRecords(log, sources, kept, round, (now) => state.keepLog(log.log, rules, now));
    const findings = [...checkStanding(facts), ...unopened, ...heads.findings, ...read.findings];
    return { findings, collected: read.checks.collected };
  } finally {
    for (const source of sources) await source.close();
  }
}

async function headsOf(log: LogConfig, sources: readonly OpenSource[], memory: LogMemory, round: LogRound) {
  const { suite, facts, patience, context, signal } = round;
  const said = await gatherStatements(log, sources, keysOf(suite, facts), signal);
  const fresh: Remembered[] = said.statements.map((one) => ({ ...one, since: context.now }));
  const { findings, remembered } = await checkHeads({
    facts,
    statements: [...memory.remembered, ...fresh],
    provers: sources,
    now: context.now,
    patience,
    demandOf: (keyEpoch, size) => readDemand(suite, facts, keyEpoch, size),
  });
  return { findings: [...said.findings, ...findings], remembered };
}

/** Reads what is new from the first source that has the chain's history, and goes on with the next one where it fails. */
async function readRecords(
  log: LogConfig,
  sources: readonly OpenSource[],
  memory: LogMemory,
  round: LogRound,
  keep: (memory: LogMemory) => Promise<void>,
): Promise<{ findings: readonly Finding[]; checks: RecordChecks }> {
  const { facts, context, signal, progress } = round;
  const checks = new RecordChecks(context, memory.records);
  await checks.resume();
  let tree: TreeState = memory.tree;
  const findings: Finding[] = [];
  const save = (): Promise<void> => keep({ ...memory, tree, records: checks.state() });
  for (const source of readable(log, sources, round)) {
    try {
      const onStep = async (done: TreeState): Promise<void> => {
        tree = done;
        if (done.size % saveEvery === 0n) await save();
      };
      tree = await followRecords(facts, tree, source, checks, { signal, progress, onStep });
      break;
    } catch (error) {
      signal?.throwIfAborted();
      if (checks.broken) throw error;
      findings.push(down(log.log, source.name, error));
    }
  }
  await save();
  if (log.holds === "events" && round.recipient === undefined && sources.length > 0) findings.push(unopened(log));
  if (tree.size < facts.size) findings.push(unread(log, tree, facts));
  return { findings: [...findings, ...checks.findings()], checks };
}

/** Entries between two writings of the state in a long run: a multiple of the steps. */
const saveEvery = 64n * 16_384n;

/** Where payloads can be read at all, records are read only there: what was passed over is not looked at again. */
function readable(log: LogConfig, sources: readonly OpenSource[], { recipient }: LogRound): readonly OpenSource[] {
  const withPayloads = sources.filter(({ payloads }) => payloads !== undefined);
  const wanted = recipient !== undefined && log.holds === "events" && log.sources.some(({ kind }) => kind !== "mirror");
  return wanted ? withPayloads : sources;
}

function unopened({ log }: LogConfig): Finding {
  const sentence = `the events of log ${log} were not read: the configuration names no recipient; headers and order were checked`;
  return finding("closed", "notice", [log, "no-recipient"], sentence, { subject: { log } });
}

function unread(log: LogConfig, tree: TreeState, { size }: LogFacts): Finding {
  const sentence = `records of log ${log.log} from ${tree.size} to below ${size} were not checked: no source gives the entries that the chain knows`;
  return finding("history", "warning", [log.log, "unread"], sentence, { subject: { log: log.log } });
}
