import type { LogSource } from "../../chain/governance/logs.js";
import { reading } from "../../chain/reading.js";
import { presentTime } from "../../chain/moment.js";
import { RevertError } from "../../chain/revert.js";
import type { Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import { decoded, engagementEvent, followEvents, membershipEvent } from "./chain-events.js";
import type { LogConfig, MonitorConfig } from "./config.js";
import { readChallenge, readDatasetFacts, registeredDataset, type RegisteredDataset } from "./dataset-facts.js";
import { checkChallenge, checkDataset, checkRegistered, registeredKey, type DatasetRules } from "./datasets.js";
import { EngagementHistory } from "./engagement-history.js";
import { acknowledge, finding, sorted, type Finding } from "./finding.js";
import { readLogFacts, type LogFacts } from "./log-facts.js";
import { Membership } from "./membership.js";
import type { Recipient } from "./sources.js";
import { MonitorState } from "./state.js";
import { checkSupport } from "./support.js";
import { supports } from "../engagements.js";
import { checkLog, type LogOutcome } from "./watch-log.js";
import { authorizationOf } from "./authorization.js";

/** What a monitor works with. */
export interface MonitorOptions {
  readonly config: MonitorConfig;
  readonly suite: Suite;
  /** Where the chain's events are read. */
  readonly events: LogSource;
  /** The office's key for payloads. */
  readonly recipient?: Recipient | undefined;
  /** The account that would act; some acts are open to some only. */
  readonly account?: string | undefined;
  /** Seconds; the machine's unless given. */
  readonly clock?: () => bigint;
  readonly signal?: AbortSignal | undefined;
  /** Told what is being looked at. */
  readonly onProgress?: (what: string) => void;
}

/** What the chain's history says, folded. */
interface History {
  readonly members: Membership;
  readonly engagements: EngagementHistory;
  readonly datasets: readonly RegisteredDataset[];
  /** Holders and roots of all datasets; see `registeredKey`. */
  readonly registered: ReadonlySet<string>;
  /** Seconds: the latest block's or the machine's, whichever is later. */
  readonly now: bigint;
}

/**
 * One round over all logs, engagements and datasets: what there is to find, worst first, and what could be done about
 * it. Sends nothing.
 * @throws SteleError `network` where the chain does not answer
 */
export async function inspect(options: MonitorOptions): Promise<Finding[]> {
  const { config, onProgress } = options;
  const state = new MonitorState(config.state);
  onProgress?.("the chain's history");
  const history = await readHistory(options, state);
  const findings: Finding[] = [];
  const owners = new Set<bigint>();
  const collected: { readonly log: Hex; readonly owner: bigint; readonly roots: LogOutcome["collected"] }[] = [];
  for (const log of config.logs) {
    options.signal?.throwIfAborted();
    onProgress?.(`log ${log.name ?? log.log}`);
    const facts = await factsOf(options.suite, log);
    if (facts === undefined) {
      findings.push(unknownLog(log));
      continue;
    }
    owners.add(facts.owner);
    const outcome = await checkLog(log, roundOf(options, state, history, log, facts));
    findings.push(...outcome.findings);
    collected.push({ log: log.log, owner: facts.owner, roots: outcome.collected });
  }
  onProgress?.("engagements");
  findings.push(...(await engagementsOf(options, history, owners)));
  onProgress?.("datasets");
  findings.push(...(await datasetsOf(options, history, owners)));
  const rules = rulesOf(config, history);
  for (const { log, owner, roots } of collected)
    findings.push(...checkRegistered(log, owner, roots, history.registered, rules));
  return sorted(acknowledge(findings, new Set(config.acknowledged)));
}

async function readHistory(
  { suite, events: source, clock, signal }: MonitorOptions,
  state: MonitorState,
): Promise<History> {
  const known = await state.events();
  const log = await reading("the question for the chain's events", () =>
    followEvents(known, suite, { ...source, signal }),
  );
  if (log.block !== known?.block || log.hash !== known.hash) await state.keepEvents(log);
  const members = new Membership();
  const engagements = new EngagementHistory();
  const datasets: RegisteredDataset[] = [];
  for (const event of decoded(log, suite)) {
    const membership = membershipEvent(event);
    if (membership !== undefined) members.add(membership);
    const engagement = engagementEvent(event);
    if (engagement !== undefined) engagements.add(engagement);
    const dataset = registeredDataset(event);
    if (dataset !== undefined) datasets.push(dataset);
  }
  const now = await presentTime(source.provider, clock);
  const registered = new Set(datasets.map(({ holder, root }) => registeredKey(holder, root)));
  return { members, engagements, datasets, registered, now };
}

async function factsOf(suite: Suite, { log }: LogConfig): Promise<LogFacts | undefined> {
  try {
    return await readLogFacts(suite, log);
  } catch (error) {
    if (error instanceof RevertError && error.revert.name === "LogRegistryUnknown") return undefined;
    throw error;
  }
}

function unknownLog({ log }: LogConfig): Finding {
  const sentence = `log ${log} is not open on this chain; correct the configuration`;
  return finding("standing", "alarm", [log, "unknown"], sentence, { subject: { log } });
}

function roundOf(
  { config, suite, recipient, signal }: MonitorOptions,
  state: MonitorState,
  { members, engagements, registered, now }: History,
  log: LogConfig,
  facts: LogFacts,
): Parameters<typeof checkLog>[1] {
  const registry = suite.contract("LogRegistry");
  const context = {
    logId: log.log,
    owner: facts.owner,
    skew: facts.clockSkew,
    now,
    holds: log.holds,
    members,
    engagements,
    authorizationOf: authorizationOf(suite, log.log),
    isRegistered: (root: Hex) => registered.has(registeredKey(facts.owner, root)),
    anchoredBy: (index: bigint) =>
      reading(`the question when entry ${index} was anchored`, () => registry.anchoredBy(log.log, index)),
  };
  return { suite, state, facts, context, recipient, patience: config.patience, signal };
}

async function engagementsOf(
  { config, suite }: MonitorOptions,
  { engagements, now }: History,
  owners: ReadonlySet<bigint>,
): Promise<Finding[]> {
  const { offices } = config.engagements;
  const findings: Finding[] = [];
  for (const one of engagements.all()) {
    const wanted = offices === undefined ? owners.has(one.auditee) : offices.includes(one.office);
    if (!wanted || one.closedAt !== undefined || now >= one.until) continue;
    const [, support] = await reading(`the question for engagement ${one.id}`, () =>
      suite.contract("Engagements").supportOf(one.id),
    );
    const named = support.map((each) => supports[Number(each)] ?? "sound");
    findings.push(...checkSupport(one, named, now));
  }
  return findings;
}

function rulesOf({ datasets: { minimum, grace } }: MonitorConfig, { now }: History): DatasetRules {
  return { now, minimum, grace };
}

async function datasetsOf(
  { config, suite, account, signal }: MonitorOptions,
  history: History,
  owners: ReadonlySet<bigint>,
): Promise<Finding[]> {
  if (!suite.has("Datasets")) return [];
  const holders = config.datasets.holders === undefined ? owners : new Set(config.datasets.holders);
  const watched = history.datasets.filter(({ holder }) => holders.has(holder));
  const findings: Finding[] = [];
  for (const one of watched) {
    signal?.throwIfAborted();
    findings.push(...checkDataset(await readDatasetFacts(suite, one, history.now), rulesOf(config, history)));
  }
  const ids = new Set(watched.map(({ id }) => id));
  const count = await reading("the question for challenges", () => suite.contract("Datasets").challengeCount());
  for (let id = 1n; id <= count; id++) {
    signal?.throwIfAborted();
    const challenge = await readChallenge(suite, id, account);
    if (challenge !== undefined && ids.has(challenge.dataset)) findings.push(...checkChallenge(challenge));
  }
  return findings;
}
