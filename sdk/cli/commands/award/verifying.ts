import { presentTime } from "../../../chain/moment.js";
import { SteleError } from "../../../common/errors.js";
import { formatInstant, machineClock } from "../../../common/time.js";
import { factsOfLeaf, requireStatement } from "../../../rewards/credentials/chain.js";
import { compareWithChain, standsOnChain } from "../../../rewards/credentials/compare.js";
import { parseAwardUrn } from "../../../rewards/credentials/facts.js";
import { verifyShown } from "../../../rewards/credentials/shown.js";
import { parseStatement } from "../../../rewards/credentials/statement.js";
import { requireSigned, verifyBadge, type IssuerTrust } from "../../../rewards/credentials/verify.js";
import { verifySdJwt } from "../../../rewards/credentials/verify-sd-jwt.js";
import type { Context } from "../../context.js";
import { provedOf } from "./issuing.js";
import { optionalText, type VerifyInput } from "./verify.js";

/** An Open Badge. */
export async function badge(document: string, input: VerifyInput, context: Context): Promise<void> {
  const place = { file: input.file };
  const shown = await verifyBadge(document, {
    trust: await trustOf(input, context),
    list: await listOf(input, context),
    now: await nowOf(input, context),
    place,
    listPlace: { file: input.statusList ?? input.file },
  });
  const steps = [...shown.steps];
  let disputed = false;
  if (!input.offline) {
    const { suite } = await context.session();
    const proved = input.proof === undefined ? undefined : await provedOf(input.proof, context);
    const verdict = await compareWithChain(suite, document, { proved, place });
    steps.push(...verdict.steps);
    ({ disputed } = verdict);
  }
  const { title, authority, subject, validUntil } = shown;
  context.print({ ...shown, steps, disputed }, () =>
    [
      `${title}, in the name of ${authority}, to ${subject}.`,
      `Granted ${formatInstant(shown.validFrom)}, ${validUntil === undefined ? "without end" : `until ${formatInstant(validUntil)}`}.`,
      ...steps,
      "Everything holds.",
    ].join("\n"),
  );
}

/** An SD-JWT VC, or a presentation of one. */
export async function sdJwt(document: string, input: VerifyInput, context: Context): Promise<void> {
  const place = { file: input.file };
  const { audience, nonce } = input;
  if ((audience === undefined) !== (nonce === undefined))
    throw new SteleError("usage", "--audience and --nonce go together");
  const shown = await verifySdJwt(document, {
    trust: await trustOf(input, context),
    list: await listOf(input, context),
    asked: audience === undefined || nonce === undefined ? undefined : { audience, nonce, at: machineClock() },
    now: await nowOf(input, context),
    place,
  });
  const steps = [...shown.steps];
  if (!input.offline) {
    const award = shown.fields.find(({ pointer }) => pointer === "/award")?.value;
    if (typeof award === "string") {
      const { suite } = await context.session();
      steps.push(...(await standsOnChain(suite, parseAwardUrn(award), place)).steps);
    } else if (input.statusList === undefined && !input.ignoreStatus) {
      throw new SteleError("usage", "which award it is was not shown, so the chain cannot say it: give --status-list", {
        place,
      });
    }
  }
  const fields = shown.fields.map(({ pointer, value }) => `  ${pointer}  ${JSON.stringify(value)}`);
  context.print({ ...shown, steps }, () => ["It shows:", ...fields, ...steps, "Everything holds."].join("\n"));
}

/** Fields of an award's content, by the suite's own leaves. */
export async function shownFields(value: unknown, input: VerifyInput, context: Context): Promise<void> {
  const place = { file: input.file };
  const { proved, fields } = verifyShown(value, place);
  if (input.offline)
    throw new SteleError("usage", "shown fields lead to a campaign's root, which the network has to know");
  const { suite } = await context.session();
  const { facts, standing, disputed } = await factsOfLeaf(suite, proved);
  if (standing !== "valid")
    throw new SteleError("unproven", `is of an award that does not count now (${standing})`, { place });
  const dispute = disputed ? ["The record that it rests on is under dispute."] : [];
  const lines = fields.map(({ pointer, value }) => `  ${pointer}  ${JSON.stringify(value)}`);
  context.print({ facts, standing, disputed, fields }, () =>
    [`${facts.type.title}, granted by member ${facts.issuer.member}, commits to these fields:`, ...lines, ...dispute]
      .concat("Everything holds.")
      .join("\n"),
  );
}

async function trustOf(input: VerifyInput, context: Context): Promise<IssuerTrust> {
  const { statement, trust, issuerKey, offline } = input;
  if (issuerKey !== undefined) {
    if (statement === undefined) return { did: issuerKey };
    throw new SteleError("usage", "--issuer-key and --statement exclude each other");
  }
  if (statement === undefined) {
    throw new SteleError("usage", "whom do you believe? Give the issuer's --statement, or its --issuer-key");
  }
  const place = { file: statement };
  const signed = parseStatement((await optionalText(statement, context)) ?? "", place);
  if (!offline) return { statement: await requireStatement((await context.session()).suite, signed, place) };
  if (trust === undefined)
    throw new SteleError("usage", "--offline needs --trust ADDRESS: which account acts for the issuer?");
  return { statement: requireSigned(signed, trust, place) };
}

async function listOf(input: VerifyInput, context: Context): Promise<string | undefined> {
  const { statusList, ignoreStatus, offline } = input;
  if (statusList !== undefined || !offline || ignoreStatus) return optionalText(statusList, context);
  throw new SteleError("usage", "--offline needs --status-list, or --ignore-status if it does not matter");
}

async function nowOf(input: VerifyInput, context: Context): Promise<bigint> {
  return input.offline ? machineClock() : presentTime((await context.session()).connection.provider);
}
