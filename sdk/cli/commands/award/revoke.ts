import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { Target } from "../../../rewards/granting/calls.js";
import type { Affected } from "../../../rewards/granting/targets.js";
import { cardsField, readCards } from "../../cards.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { count, text, value } from "../../fields.js";
import { logSource } from "../../governed.js";
import { rosterFields, withRoster, type RosterPlace } from "../../roster.js";
import type { Session } from "../../session.js";
import { reasonField, tokenNumber } from "./fields.js";

const targets = {
  token: value(tokenNumber.optional(), "TOKEN", "one award that is a token of a grant"),
  batch: value(count.optional(), "BATCH", "all tokens of one grant"),
  campaign: value(text.optional(), "ID|FILE", "a campaign by its id, or the award of it that a file proves"),
  index: value(count.optional(), "INDEX", "one award of the campaign, token or not"),
};

interface TargetInput {
  readonly token: bigint | undefined;
  readonly batch: bigint | undefined;
  readonly campaign: string | undefined;
  readonly index: bigint | undefined;
}

export const awardRevoke = defineCommand({
  name: "award revoke",
  summary: "Revoke an award, a grant, or a campaign, with a reason of the published list",
  description:
    "The chain gets the code and nothing else. With --book the revocation is also recorded in that log for each person, " +
    "who gets to read --explanation, and can dispute it: under a one-time address where --cards has their card, which " +
    "the roster finds by their staff number. What is revoked already is not revoked twice, so a command that " +
    "was interrupted can be repeated.\n\n" +
    "Examples: stele award revoke --token 4294967296 --reason duplicate --account 4\n" +
    "          stele award revoke --campaign award.json --reason decision --book unit --explanation '…' --cards cards " +
    "--account 4",
  reach: "writes",
  fields: {
    ...targets,
    reason: reasonField,
    book: value(text.optional(), "FOLDER", "log in which to record it for the person"),
    explanation: value(text.optional(), "TEXT", "what the record tells the person; with --book"),
    cards: cardsField,
    ...rosterFields,
  },
  async run(input, context) {
    const { book, explanation } = input;
    if (explanation !== undefined && book === undefined) {
      throw new SteleError("usage", "--explanation goes into a record: name its log with --book");
    }
    if (input.cards !== undefined && book === undefined) {
      throw new SteleError("usage", "--cards are for a record: name its log with --book");
    }
    const session = await context.session();
    const { target, affected } = await targetOf(input, book !== undefined, session, context);
    const people = await withCards(affected, input, context);
    const outcome = await act("revoke", target, input.reason.code, session);
    const said = { reason: input.reason.name, explanation };
    const records =
      book === undefined || context.common.dryRun === true
        ? []
        : await record(book, target, people, said, session, context);
    const value = { target, reason: input.reason.name, submitted: outcome ?? null, records };
    context.print(value, () => {
      const done = `Revoked ${nameOf(target)}: ${input.reason.name}.`;
      const lines = [
        outcome === undefined ? `${nameOf(target)} was revoked already.` : session.describe(outcome, done),
      ];
      if (records.length > 0)
        lines.push(`Recorded for ${records.length} of its people; anchor the log, and tell them.`);
      return lines.join("\n");
    });
  },
});

export const awardReinstate = defineCommand({
  name: "award reinstate",
  summary: "Take back a revocation, with a reason of the published list",
  description:
    "Reinstating a campaign or a grant leaves what was revoked alone in it revoked.\n\n" +
    "Example: stele award reinstate --token 4294967296 --reason appeal-upheld --account 4",
  reach: "writes",
  fields: { ...targets, reason: reasonField },
  async run(input, context) {
    const session = await context.session();
    const { target } = await targetOf(input, false, session, context);
    const outcome = await act("reinstate", target, input.reason.code, session);
    context.print({ target, reason: input.reason.name, submitted: outcome ?? null }, () =>
      outcome === undefined
        ? `${nameOf(target)} is not revoked.`
        : session.describe(outcome, `Reinstated ${nameOf(target)}: ${input.reason.name}.`),
    );
  },
});

/** Submits; undefined where the chain has it so already. */
async function act(what: "revoke" | "reinstate", target: Target, code: Hex, session: Session) {
  const { standingCall } = await import("../../../rewards/granting/calls.js");
  const { isRevert } = await import("../../../chain/revert.js");
  try {
    return await session.submit(standingCall(session.suite, what, target, code));
  } catch (error) {
    if (isRevert(error, "AwardsUnchanged") || isRevert(error, "CampaignsUnchanged")) return undefined;
    throw error;
  }
}

async function targetOf(
  input: TargetInput,
  needsPeople: boolean,
  session: Session,
  context: Context,
): Promise<{ target: Target; affected: readonly Affected[] }> {
  const { token, batch, campaign, index } = input;
  if ([token, batch, campaign].filter((given) => given !== undefined).length !== 1) {
    throw new SteleError("usage", "name one of --token, --batch and --campaign");
  }
  if (index !== undefined && campaign === undefined) throw new SteleError("usage", "--index goes with --campaign");
  const { holdersOf } = await import("../../../rewards/granting/targets.js");
  if (token !== undefined) {
    const affected = needsPeople ? await holdersOf(session.suite, [token]) : [];
    return { target: { kind: "token", id: token }, affected };
  }
  if (batch === undefined) return ofCampaign(campaign!, index, needsPeople, session, context);
  const { tokenOf } = await import("../../../rewards/awards/state.js");
  const { count: size } = await session.suite.contract("Awards").batchOf(batch);
  const ids = Array.from({ length: needsPeople ? Number(size) : 0 }, (_, i) => tokenOf(batch, BigInt(i)));
  return { target: { kind: "batch", batch }, affected: await holdersOf(session.suite, ids) };
}

async function ofCampaign(
  given: string,
  index: bigint | undefined,
  needsPeople: boolean,
  session: Session,
  context: Context,
): Promise<{ target: Target; affected: readonly Affected[] }> {
  if (/^0x[0-9a-fA-F]{64}$/.test(given)) {
    if (needsPeople) {
      throw new SteleError(
        "usage",
        "the chain does not know whom a campaign is for: name a proof of the award instead",
      );
    }
    const { readCampaign } = await import("../../../rewards/campaign/chain.js");
    const found = await readCampaign(session.suite, given.toLowerCase() as Hex, logSource(session, context));
    if (found === undefined) throw new SteleError("missing", `no campaign ${given} was opened on this network`);
    const { terms } = found;
    return { target: index === undefined ? { kind: "campaign", terms } : { kind: "leaf", terms, index }, affected: [] };
  }
  const { readProof } = await import("./proofs.js");
  const proof = await readProof(given, context);
  if (index !== undefined && index !== proof.index) {
    throw new SteleError("usage", `the file proves award ${proof.index}, not ${index}`, { place: { file: given } });
  }
  const { campaignId } = await import("../../../rewards/campaign/leaf.js");
  const campaign = campaignId(session.manifest.suiteId, proof.terms);
  const affected = [{ subject: proof.leaf.subject, award: { campaign, index: `${proof.index}` } }];
  return { target: { kind: "leaf", terms: proof.terms, index: proof.index }, affected };
}

/** People with the meta-addresses of the cards that they handed in. */
async function withCards(
  affected: readonly Affected[],
  input: RosterPlace & { readonly cards: string | undefined },
  context: Context,
): Promise<readonly Affected[]> {
  if (input.cards === undefined) return affected;
  const cards = await readCards(input.cards, context);
  return withRoster(context, input, async (roster) =>
    affected.map((one) => ({ ...one, metaAddress: cards.get(roster.bySubject(one.subject)?.staffNumber ?? "") })),
  );
}

async function record(
  folder: string,
  target: Target,
  affected: readonly Affected[],
  said: { readonly reason: string; readonly explanation: string | undefined },
  session: Session,
  context: Context,
): Promise<readonly bigint[]> {
  const { Book } = await import("../../../book/book.js");
  const { recordRevocation } = await import("../../../rewards/granting/revocation.js");
  const { title } = await session.suite.contract("Campaigns").textsOf(await typeOf(target, session));
  const book = await Book.open(context.path(folder));
  try {
    return await recordRevocation(book, affected, { title, ...said });
  } finally {
    await book.close();
  }
}

async function typeOf(target: Target, session: Session): Promise<bigint> {
  if ("terms" in target) return target.terms.typeId;
  const { batchOfToken } = await import("../../../rewards/awards/state.js");
  const batch = target.kind === "batch" ? target.batch : batchOfToken(target.id);
  return (await session.suite.contract("Awards").batchOf(batch)).typeId;
}

function nameOf(target: Target): string {
  if (target.kind === "token") return `award ${target.id}`;
  if (target.kind === "batch") return `grant ${target.batch}`;
  if (target.kind === "campaign") return `the campaign of ${target.terms.size} awards`;
  return `award ${target.index} of the campaign`;
}
