import { SteleError } from "../../../common/errors.js";
import { formatInstant } from "../../../common/time.js";
import type { AwardAccount } from "../../../rewards/awards/account.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text } from "../../fields.js";
import { logSource, timeText } from "../../governed.js";
import { table } from "../../output.js";

export const awardShow = defineCommand({
  name: "award show",
  summary: "Show an award: what it is, who holds it, how it stands and why",
  description:
    "AWARD is a token's number, or a file that proves an award of a campaign (`stele campaign prove`). It ends with " +
    "exit code 3 where the award does not count now.\n\n" +
    "Examples: stele award show 4294967296\n          stele award show my-award.json",
  reach: "reads",
  fields: { award: positional(text, "AWARD", "number of a token, or file with a proof") },
  async run({ award }, context) {
    const account = /^\d+$/.test(award) ? await ofToken(BigInt(award), context) : await ofProof(award, context);
    context.print(account, () => detail(account));
    if (account.standing !== "valid") context.conclude("findings");
  },
});

async function ofToken(id: bigint, context: Context): Promise<AwardAccount> {
  if (id >= 1n << 72n) throw new SteleError("usage", `${id} is no award's number`);
  const { accountOfToken } = await import("../../../rewards/awards/account.js");
  const session = await context.session();
  return accountOfToken(session.suite, logSource(session, context), id);
}

async function ofProof(file: string, context: Context): Promise<AwardAccount> {
  const { readText } = await import("../../../common/node/files.js");
  const { readJson } = await import("../../../common/json.js");
  const { accountOfProof } = await import("../../../rewards/awards/account.js");
  const document = readJson(await readText(context.path(file), file), { file });
  const session = await context.session();
  return accountOfProof(session.suite, logSource(session, context), document, { file });
}

function detail(account: AwardAccount): string {
  const { title, authority, category, typeId, issuer, issuedAt, expires, evidence, holder, owner, subject } = account;
  const rows: [string, string][] = [
    ["award", title],
    ["in the name of", authority],
    ["type", `${typeId}, ${category}`],
    ["issuer", `member ${issuer}`],
    ["granted", formatInstant(issuedAt)],
    ["expires", timeText(expires)],
    ["standing", standingText(account)],
    ["disputed", account.disputed ? "yes: the record that it rests on is under dispute" : "no"],
    ["evidence", evidence === undefined ? "-" : `record ${evidence.index} of log ${evidence.logId}`],
    ["subject", subject],
  ];
  if (holder !== undefined) rows.push(["holder", holder]);
  if (owner !== undefined && owner !== holder)
    rows.push(["owner", `${owner}, to be moved with \`stele award migrate\``]);
  if (account.campaign !== undefined) rows.push(["campaign", account.campaign]);
  if (account.token !== undefined) rows.push(["token", `${account.token}`]);
  return table(["what", "value"], rows);
}

function standingText({ standing, reason, reasonMeaning, since }: AwardAccount): string {
  const at = since === undefined ? "" : ` since ${formatInstant(since)}`;
  if (reason === undefined) return `${standing}${at}`;
  return `${standing}${at}: ${reason}${reasonMeaning === undefined ? "" : `, ${reasonMeaning}`}`;
}
