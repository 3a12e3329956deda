import type { Submission } from "../../../chain/governance/call.js";
import { SteleError } from "../../../common/errors.js";
import type { Hex } from "../../../common/bytes.js";
import type { GrantTerms } from "../../../rewards/awards/signing.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { address, list, positional, text, value } from "../../fields.js";
import type { Session } from "../../session.js";
import { deadlineAfter, lifetimeField, requireOnlySigning } from "../../signing.js";
import { moment } from "../member/fields.js";
import { evidenceField, typeNumber } from "./fields.js";

/** Accounts in one command; a file of more is for `award import`. */
const most = 100;

export const awardGrant = defineCommand({
  name: "award grant",
  summary: "Grant an award as a token to one account or a few, or sign the grant for somebody else to hand in",
  description:
    "With --sign the grant is signed and written to a file, which anyone hands in with --submit: the signer needs no " +
    "coins and no connection for longer than that. Each signature counts once and until its deadline.\n\n" +
    "Examples: stele award grant 3 --to 0x… --account 4\n" +
    "          stele award grant 3 --to 0x… --sign grant.json --account 4\n" +
    "          stele award grant --submit grant.json --account 9",
  reach: "writes",
  fields: {
    type: positional(typeNumber.optional(), "TYPE", "number of the award type"),
    to: list(address, "ACCOUNT", `account of the person; several times, ${most} at most`),
    evidence: evidenceField,
    expires: value(moment.optional(), "TIME", "earlier end than the type's (default: the type's)"),
    sign: value(text.optional(), "FILE", "sign, write the grant to this file, and send nothing"),
    lifetime: lifetimeField,
    submit: value(text.optional(), "FILE", "hand in a grant that somebody signed"),
  },
  async run(input, context) {
    const session = await context.session();
    if (input.submit !== undefined) {
      if (input.type !== undefined || input.to.length > 0 || input.sign !== undefined) {
        throw new SteleError("usage", "--submit takes everything from its file: leave out TYPE, --to and --sign");
      }
      return handIn(input.submit, session, context);
    }
    const { type, to, sign, lifetime } = input;
    if (type === undefined) throw new SteleError("usage", "TYPE is missing: the number of the award type");
    if (to.length === 0 || to.length > most) {
      throw new SteleError("usage", `name 1 to ${most} accounts with --to; for more there is \`stele award import\``);
    }
    const grant = await grantOf(type, to, input.evidence, input.expires ?? 0n);
    if (sign !== undefined) return signTo(sign, grant, lifetime, session, context);
    const { grantCall } = await import("../../../rewards/granting/calls.js");
    await print(await session.submit(grantCall(session.suite, grant)), grant, session, context);
  },
});

async function grantOf(
  typeId: bigint,
  accounts: readonly Hex[],
  evidence: readonly { readonly logId: Hex; readonly index: bigint }[],
  expires: bigint,
): Promise<GrantTerms> {
  if (evidence.length !== 0 && evidence.length !== accounts.length) {
    throw new SteleError("usage", "name one --evidence for each --to, in the same order, or none");
  }
  const [first] = evidence;
  if (evidence.some(({ logId }) => logId !== first?.logId)) {
    throw new SteleError("usage", "the awards of one grant rest on records of one log; grant the others by themselves");
  }
  const { noLog } = await import("../../../rewards/awards/state.js");
  const evidenceLog = first?.logId ?? noLog;
  return { typeId, expires, evidenceLog, accounts, evidence: evidence.map(({ index }) => index) };
}

async function signTo(
  file: string,
  grant: GrantTerms,
  lifetime: number,
  session: Session,
  context: Context,
): Promise<void> {
  requireOnlySigning(context);
  const { grantSlip } = await import("../../../rewards/granting/signed.js");
  const { freshNonce } = await import("../../../rewards/awards/signing.js");
  const { writeAtomically } = await import("../../../common/node/files.js");
  const { toJson } = await import("../../output.js");
  const deadline = await deadlineAfter(lifetime, session);
  const signed = { ...grant, nonce: freshNonce(), deadline };
  const slip = await grantSlip(session.suite, await session.signer(), signed);
  await writeAtomically(context.path(file), `${toJson(slip)}\n`, undefined, file);
  context.print(slip, () => `Signed the grant of ${grant.accounts.length} awards into ${file}; nothing was sent.`);
}

async function handIn(file: string, session: Session, context: Context): Promise<void> {
  const { readText } = await import("../../../common/node/files.js");
  const { readJson } = await import("../../../common/json.js");
  const { isSignedByKey, parseSlip } = await import("../../../rewards/granting/signed.js");
  const { grantSignedCall } = await import("../../../rewards/granting/calls.js");
  const slip = parseSlip(readJson(await readText(context.path(file), file), { file }), session.suite, { file });
  const { signer, nonce } = slip;
  if (await session.suite.contract("Awards").isNonceUsed(signer, nonce)) {
    throw new SteleError("refused", "was handed in already, or its signer took it back", { place: { file } });
  }
  const hasCode = (await session.connection.provider.getCode(signer)) !== "0x";
  if (!hasCode && !isSignedByKey(slip)) {
    throw new SteleError("unproven", `is not signed by ${signer}, or was changed since`, { place: { file } });
  }
  const call = grantSignedCall(session.suite, slip.grant, slip);
  await print(await session.submit(call, `award grant ${signer} ${nonce}`), slip.grant, session, context);
}

async function print(submitted: Submission, grant: GrantTerms, session: Session, context: Context): Promise<void> {
  if (submitted.kind !== "sent") {
    return context.print({ grant, submitted }, () => session.describe(submitted, ""));
  }
  const { granted } = await import("../../../rewards/granting/settled.js");
  const { tokenOf } = await import("../../../rewards/awards/state.js");
  const { provider } = session.connection;
  const { batch } = await granted(session.suite, { provider }, submitted.hash as Hex);
  const tokens = grant.accounts.map((_, i) => tokenOf(batch, BigInt(i)));
  context.print({ grant, batch, tokens, submitted }, () =>
    session.describe(submitted, `Granted ${tokens.length === 1 ? "award" : "awards"} ${tokens.join(", ")}.`),
  );
}
