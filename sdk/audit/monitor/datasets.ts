import type { Hex } from "../../common/bytes.js";
import { formatInstant } from "../../common/time.js";
import { finding, type Finding } from "./finding.js";

/** How a member stands to a dataset; see IDatasets.Standing. */
export interface StandingFacts {
  readonly member: bigint;
  readonly vouchedAt: bigint;
  readonly withdrawnAt: bigint;
  readonly answeredAt: bigint;
  readonly missedAt: bigint;
  readonly missed: bigint;
  /** Whether the member could act as a mirror now. */
  readonly capable: boolean;
}

/** What the chain says of a dataset. */
export interface DatasetFacts {
  readonly id: Hex;
  readonly root: Hex;
  readonly holder: bigint;
  readonly registeredAt: bigint;
  /** 0 while it is kept. */
  readonly retiredAt: bigint;
  readonly mirrorsPromised: bigint;
  readonly holderStanding: StandingFacts;
  /** Every member that ever vouched for it. */
  readonly mirrors: readonly StandingFacts[];
}

/** What the chain says of a challenge that is not over. */
export interface ChallengeFacts {
  readonly id: bigint;
  readonly dataset: Hex;
  readonly respondent: bigint;
  readonly state: "pending" | "drawn";
  readonly openedAt: bigint;
  /** The chain would take a draw now, or a mark. */
  readonly drawable: boolean;
  readonly missable: boolean;
  /** The time to draw has passed. */
  readonly lapsed: boolean;
}

export interface DatasetRules {
  readonly now: bigint;
  /** Mirrors that the office wants, whatever the holder promised. */
  readonly minimum: bigint;
  /** Seconds that mirrors have to vouch after a registration, and a holder to register after a collection. */
  readonly grace: bigint;
}

/** What is to be said of one dataset. */
export function checkDataset(dataset: DatasetFacts, rules: DatasetRules): Finding[] {
  const { id, holder, retiredAt, holderStanding, mirrors } = dataset;
  const missed = [holderStanding, ...mirrors].flatMap((one) => missedBy(dataset, one));
  if (retiredAt > 0n) {
    const sentence = `dataset ${id} of member ${holder} is given up: its holder gave notice at ${formatInstant(retiredAt)}`;
    return [...missed, finding("dataset", "notice", [id, "retired"], sentence, { subject: { dataset: id } })];
  }
  return [...missed, ...mirrors.flatMap((one) => leftBy(dataset, one)), ...tooFew(dataset, rules)];
}

function tooFew(dataset: DatasetFacts, { now, minimum, grace }: DatasetRules): Finding[] {
  const { id, mirrorsPromised: promised, mirrors, registeredAt } = dataset;
  const vouching = BigInt(mirrors.filter(({ vouchedAt, capable }) => vouchedAt > 0n && capable).length);
  const needed = promised > minimum ? promised : minimum;
  if (vouching >= needed) return [];
  const why = promised >= minimum ? "its holder promised" : "this monitor asks for";
  const sentence = `${vouching} mirrors vouch for dataset ${id}, and ${why} ${needed}`;
  const severity = now - registeredAt < grace ? "notice" : vouching === 0n ? "alarm" : "warning";
  const evidence = { vouching, promised, minimum };
  return [finding("mirrors", severity, [id, "few"], sentence, { subject: { dataset: id }, evidence })];
}

/** A mirror that vouched once and does not any more, or cannot. */
function leftBy({ id }: DatasetFacts, { member, vouchedAt, withdrawnAt, capable }: StandingFacts): Finding[] {
  const subject = { dataset: id, member };
  if (vouchedAt === 0n && withdrawnAt > 0n) {
    const sentence = `mirror ${member} withdrew from dataset ${id} at ${formatInstant(withdrawnAt)}`;
    return [finding("mirrors", "notice", [id, member, "withdrawn"], sentence, { subject })];
  }
  if (vouchedAt === 0n || capable) return [];
  const sentence = `mirror ${member} vouches for dataset ${id} and may not act as a mirror any more`;
  return [finding("mirrors", "warning", [id, member, "incapable"], sentence, { subject })];
}

/** A later answer shows that the data is there again; the mark stays, as a notice. */
function missedBy({ id }: DatasetFacts, { member, missedAt, answeredAt, missed }: StandingFacts): Finding[] {
  if (missedAt === 0n) return [];
  const again = answeredAt > missedAt;
  const since = again ? `, and answered one at ${formatInstant(answeredAt)}` : "";
  const sentence = `member ${member} missed ${missed} challenges on dataset ${id}, the last at ${formatInstant(missedAt)}${since}`;
  const key = [id, member, "missed", missed];
  const more = { subject: { dataset: id, member }, evidence: { missed, missedAt, answeredAt } };
  return [finding("challenge", again ? "notice" : "alarm", key, sentence, more)];
}

/** What is to be said of, and done about, a challenge that is not over. */
export function checkChallenge(challenge: ChallengeFacts): Finding[] {
  const { id, dataset, respondent, state, openedAt, drawable, missable, lapsed } = challenge;
  const subject = { dataset, member: respondent, challenge: id };
  const about = `challenge ${id} on dataset ${dataset}`;
  if (missable) {
    const label = `mark challenge ${id} as missed`;
    const wanted = { kind: "markMissed", contract: "Datasets", values: [id], label } as const;
    const sentence = `member ${respondent} did not answer ${about} in time`;
    return [finding("challenge", "alarm", [id, "missed"], sentence, { subject, wanted })];
  }
  if (state !== "pending") return [];
  if (lapsed) {
    const sentence = `${about}, opened at ${formatInstant(openedAt)}, was never drawn, so nobody has to answer it`;
    return [finding("challenge", "notice", [id, "lapsed"], sentence, { subject })];
  }
  if (!drawable) return [];
  const label = `draw the chunk of challenge ${id}`;
  const wanted = { kind: "draw", contract: "Datasets", values: [id], label } as const;
  const sentence = `the chunk of ${about} can be drawn, and nobody did`;
  return [finding("challenge", "notice", [id, "draw"], sentence, { subject, wanted })];
}

/** Datasets that the records of a log say were collected, and that their holder never put on the chain. */
export function checkRegistered(
  logId: Hex,
  holder: bigint,
  collected: ReadonlyMap<Hex, { readonly index: bigint; readonly time: bigint }>,
  registered: ReadonlySet<string>,
  { now, grace }: DatasetRules,
): Finding[] {
  return [...collected].flatMap(([root, { index, time }]) => {
    if (registered.has(registeredKey(holder, root))) return [];
    const sentence = `entry ${index} of log ${logId} says that dataset ${root} was collected; member ${holder} never registered it`;
    const severity = now - time < grace ? "notice" : "warning";
    const subject = { log: logId, index, dataset: root, member: holder };
    return [finding("dataset", severity, [holder, root, "unregistered"], sentence, { subject })];
  });
}

/** How a registered dataset is looked up by holder and root. */
export function registeredKey(holder: bigint, root: Hex): string {
  return `${holder}:${root.toLowerCase()}`;
}
