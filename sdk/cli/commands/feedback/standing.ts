import { fromHex, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readText, writeAtomically } from "../../../common/node/files.js";
import { machineClock } from "../../../common/time.js";
import { visible } from "../../../common/visible.js";
import type { Trust } from "../../../proof/bundle.js";
import type { EditionCount } from "../../../rewards/feedback/gaps.js";
import type { StandingProof } from "../../../rewards/feedback/standing-proof.js";
import type { ReadStanding } from "../../../rewards/feedback/verify.js";
import type { RecordOpening } from "../../../rewards/personnel/opening.js";
import type { Context } from "../../context.js";
import { table } from "../../output.js";
import { readDocument, readKeys } from "../record/subject.js";
import type { ShowInput } from "./show.js";

/** A person's own standing, from their openings; with a proof for somebody else where one is asked for. */
export async function showStanding(input: ShowInput, context: Context): Promise<void> {
  if (input.criteria === undefined) throw new SteleError("usage", "--person needs --criteria FILE");
  const { readCriteria } = await import("../../../rewards/feedback/criteria-store.js");
  const { makeStandingProof } = await import("../../../rewards/feedback/prove.js");
  const { formatStandingProof } = await import("../../../rewards/feedback/standing-proof.js");
  const criteria = await readCriteria(context.path(input.criteria), input.criteria);
  const openings = await readOpenings(input, context);
  const at = input.at ?? machineClock();
  const proof = makeStandingProof(openings, { criteria, at, statuses: await askedOf(openings, input, context) });
  const read = await readOwn(proof, input, context);
  if (input.proof !== undefined) {
    await writeAtomically(context.path(input.proof), formatStandingProof(proof), 0o600, input.proof);
    context.note(`Wrote ${input.proof}. It shows your pseudonym and every record in it; hand it to whom you mean.`);
  }
  print(read, proof, context);
}

/** Verifies a proof of standing that somebody handed over. */
export async function checkStanding(input: ShowInput, context: Context): Promise<void> {
  const { parseStandingProof } = await import("../../../rewards/feedback/standing-proof.js");
  const place = { file: input.proof! };
  const given = parseStandingProof(await readText(context.path(input.proof!), input.proof!), place);
  if (input.criteria !== undefined) {
    const { readCriteria } = await import("../../../rewards/feedback/criteria-store.js");
    const { hash } = await readCriteria(context.path(input.criteria), input.criteria);
    if (hash !== given.criteria.hash) {
      throw new SteleError("unproven", `is by the criteria ${given.criteria.hash}, not by ${hash}`, { place });
    }
  }
  const proof = input.at === undefined ? given : { ...given, at: input.at };
  const editions = await editionsFor(proof, input, context);
  if (input.offline) {
    const { verifyStanding } = await import("../../../rewards/feedback/verify.js");
    return print(verifyStanding(proof, trustOf(proof, input), { ...editions, place }), proof, context);
  }
  const { verifyStandingOnChain } = await import("../../../rewards/feedback/desk.js");
  const { suite } = await context.session();
  const { problems, ...read } = await verifyStandingOnChain(proof, suite, { ...editions, place });
  print(read, proof, context, problems);
}

async function readOpenings(
  { person, keys }: Pick<ShowInput, "person" | "keys">,
  context: Context,
): Promise<RecordOpening[]> {
  const { parseOpenings } = await import("../../../rewards/personnel/file.js");
  const own = keys === undefined ? undefined : await readKeys(keys, context);
  const all = [];
  for (const file of person) all.push(...parseOpenings(await readDocument(file, own, context), { file }));
  return all;
}

/** What the desk says of a person's feedback; undefined offline. */
async function askedOf(openings: readonly RecordOpening[], { offline }: ShowInput, context: Context) {
  if (offline) return undefined;
  const { statusesOf } = await import("../../../rewards/feedback/desk.js");
  const { feedbackAmong } = await import("../../../rewards/feedback/prove.js");
  const { decodeHeader } = await import("../../../records/header.js");
  const feedback = feedbackAmong(openings);
  const logId = feedback[0]?.proof.log.suite?.logId;
  if (logId === undefined) return undefined;
  const placed = feedback.map(({ proof }) => ({ index: proof.index, header: decodeHeader(fromHex(proof.entry)) }));
  return statusesOf((await context.session()).suite, logId, placed, context.signal);
}

/** The person's own reading: they have the records themselves, so the log need vouch for nothing. */
async function readOwn(proof: StandingProof, input: ShowInput, context: Context): Promise<ReadStanding> {
  const { readStanding } = await import("../../../rewards/feedback/verify.js");
  const { readShown } = await import("../../../rewards/feedback/shown.js");
  const known = proof.records.map(({ presentation, status }) => {
    return { shown: readShown(presentation, fromHex(presentation.proof.entry)), status };
  });
  return readStanding(known, { criteria: proof.criteria, at: proof.at, ...(await editionsFor(proof, input, context)) });
}

/** In which periods the unit recorded feedback, by its log's headers. */
async function editionsFor(
  { criteria, at, records }: StandingProof,
  { log: place, offline }: ShowInput,
  context: Context,
): Promise<{ readonly editions?: readonly EditionCount[] }> {
  if (place === undefined) return {};
  const { editionsIn } = await import("../../../rewards/feedback/read.js");
  const { readShown } = await import("../../../rewards/feedback/shown.js");
  const { findPeriod, lastEnded } = await import("../../../rewards/feedback/periods.js");
  const shown = records.map(({ presentation }) => readShown(presentation, fromHex(presentation.proof.entry)));
  const periods = shown.flatMap(({ period }) => findPeriod(period, criteria.cadence) ?? []);
  const first = periods.sort((a, b) => a.ordinal - b.ordinal)[0];
  if (first === undefined) return {};
  const { openHeaders } = await import("./headers.js");
  const log = await openHeaders(
    place,
    records[0]!.presentation.proof.log.origin,
    offline ? undefined : shown[0]!.logId,
    context,
  );
  try {
    const span = { first, last: lastEnded(at, criteria.cadence) };
    return { editions: await editionsIn(log, shown[0]!.unit, span, { signal: context.signal }) };
  } finally {
    await log.reader.close();
  }
}

function trustOf(proof: StandingProof, { verifierKey, checkpointKey }: ShowInput): Trust {
  const { suite } = proof.records[0]!.presentation.proof.log;
  if (checkpointKey !== undefined && suite === undefined) {
    throw new SteleError("usage", "--checkpoint-key needs a proof that names its chain and registry");
  }
  return {
    ...(verifierKey === undefined ? {} : { verifierKey }),
    ...(checkpointKey === undefined || suite === undefined
      ? {}
      : {
          checkpointKey: {
            registry: { chainId: suite.chainId, address: suite.registry },
            logId: suite.logId as Hex,
            address: checkpointKey,
          },
        }),
  };
}

function print(
  read: ReadStanding,
  { criteria }: StandingProof,
  context: Context,
  problems: readonly string[] = [],
): void {
  const { standing, records, gaps, unit, at, logId, subject } = read;
  const told = records.map(({ shown: { period, revision, index, scores }, counts, remark }) => {
    return { period, revision, index, scores, counts, remark: remark ?? null };
  });
  const json = {
    unit,
    subject,
    logId,
    at,
    criteria: criteria.hash,
    standing: standing ?? null,
    records: told,
    gaps,
    problems,
  };
  context.print(json, () => textOf(read, criteria.criteria, problems));
}

function textOf(
  { standing, records, gaps, unit }: ReadStanding,
  criteria: StandingProof["criteria"]["criteria"],
  problems: readonly string[],
): string {
  const rows = records.map(({ shown, counts, remark = "" }) => [
    shown.period,
    ...criteria.map(({ id }) => String(shown.scores[id] ?? "")),
    counts ? "yes" : "no",
    remark,
  ]);
  const lines = [`Unit ${visible(unit)}`, table(["period", ...criteria.map(({ id }) => id), "counts", "remark"], rows)];
  if (standing === undefined) lines.push("No record counts, so there is no standing.");
  else {
    const means = criteria.map(({ id, min, max }) => `${id} ${thousandths(standing.means[id]!)} of ${min} to ${max}`);
    lines.push(`Faded means: ${means.join(", ")}.`);
    lines.push(
      `Overall ${thousandths(standing.overall)} of 1, resting on ${standing.count} records that weigh as much as ${thousandths(standing.weight)} new ones.`,
    );
  }
  if (gaps.leftOut.length > 0) lines.push(`Left out: ${gaps.leftOut.join(", ")}; a shown record names each of them.`);
  if (gaps.recorded !== undefined && gaps.recorded.length > 0) {
    lines.push(`The unit recorded feedback in ${gaps.recorded.join(", ")} too, about this person or not.`);
  } else if (gaps.recorded === undefined && gaps.silent.length > 0) {
    lines.push(
      `Nothing is shown of ${gaps.silent.join(", ")}; with --log the unit's log says whether anything was recorded.`,
    );
  }
  return [...lines, ...gaps.remarks.map((one) => `${one}.`), ...problems].join("\n");
}

function thousandths(value: bigint): string {
  const size = value < 0n ? -value : value;
  return `${value < 0n ? "-" : ""}${size / 1_000n}.${String(size % 1_000n).padStart(3, "0")}`;
}
