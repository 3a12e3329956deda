import { z } from "zod";

import { SteleError } from "../../../common/errors.js";
import { campaignId } from "../../../rewards/campaign/leaf.js";
import type { AwardsImported } from "../../../rewards/granting/import.js";
import { defineCommand } from "../../command.js";
import { bytes32, count, flag, positional, text, value } from "../../fields.js";
import { encodingField, importsFolder, rosterFields, withRoster } from "../../roster.js";
import { thousands } from "../../output.js";
import type { Session } from "../../session.js";
import { moment } from "../member/fields.js";
import { reasonField, typeNumber } from "./fields.js";
import { chainOf, issuerOf } from "./granting.js";

export const awardImport = defineCommand({
  name: "award import",
  summary: "Grant awards to the people of a CSV, each once",
  description:
    "FILE has the columns staff_number and citation and, where known, date, place and evidence (number of a record), or " +
    "工号, 事由, 日期, 地点, 记录号. The whole file is checked first; all problems are listed in NAME.errors.csv. By " +
    "campaign one root on chain grants all of them, and only whoever holds an award can show it; by token each is a token " +
    "in the person's account, in batches. Interrupted, the same command goes on. Granted once, the file is refused; " +
    "`award undo` takes it back.\n\n" +
    "Examples: stele award import awards.csv --type 3 --account 4\n" +
    "          stele award import awards.csv --type 3 --by token --evidence unit --points yes --encoding gb18030 --key clerk.key",
  reach: "writes",
  fields: {
    file: positional(text, "FILE", "CSV of awards"),
    type: value(typeNumber, "TYPE", "number of the award type"),
    ...rosterFields,
    encoding: encodingField,
    by: value(
      z.enum(["campaign", "token"], { error: "is neither campaign nor token" }).default("campaign"),
      "WAY",
      "campaign or token (default: campaign)",
    ),
    evidence: value(text.optional(), "FOLDER", "log whose records the column evidence counts"),
    expires: value(moment.optional(), "TIME", "earlier end than the type's (default: the type's)"),
    points: value(
      z.enum(["yes", "no"], { error: "is neither yes nor no" }).optional(),
      "yes|no",
      "give the type's points along (default: yes by token, no by campaign, whose people they would make known)",
    ),
    batch: value(
      count.refine((size) => size >= 1n && size <= 1_000n, "is not 1 to 1000").default(250n),
      "N",
      "awards, or accounts for points, in one transaction (default: 250, which fit into a block of 30 million gas)",
    ),
    again: flag("grant a file once more whose import was undone"),
  },
  async run({ file, type, encoding, by, evidence, expires, points, batch, again, ...place }, context) {
    const session = await context.session();
    const issuer = await issuerOf(type, session, context);
    const given = await session.suite.contract("Campaigns").awardTypeOf(type);
    const withPoints = points === undefined ? by === "token" && given.points > 0n : points === "yes";
    await withRoster(context, place, async (roster, key) => {
      const { importAwards } = await import("../../../rewards/granting/import.js");
      const imported = await importAwards(
        {
          file: context.path(file),
          shown: file,
          encoding,
          folder: importsFolder(context, place),
          roster,
          key,
          typeId: type,
          issuer,
          way: by,
          expires: expires ?? 0n,
          points: withPoints,
          batch,
          evidence: evidence === undefined ? undefined : context.path(evidence),
          again,
        },
        await chainOf(session, context),
      );
      context.print(imported, () => outcome(imported, session));
    });
  },
});

export const awardUndo = defineCommand({
  name: "award undo",
  summary: "Undo an import: revoke everything it granted and take its points back, with a reason",
  description:
    "Nothing is deleted: the chain shows what was granted and that it was revoked. Interrupted, the same command goes on; " +
    "what an interrupted import granted is found first.\n\n" +
    "Example: stele award undo 0xIMPORT --reason import-undone --account 4",
  reach: "writes",
  fields: {
    import: positional(bytes32, "IMPORT", "id of the import, as `award import` told it"),
    ...rosterFields,
    reason: reasonField,
  },
  async run({ import: id, reason, ...place }, context) {
    const session = await context.session();
    if (context.common.propose !== undefined) {
      throw new SteleError(
        "usage",
        "an import is undone by the account that granted it; to propose, use `award revoke`",
      );
    }
    await withRoster(context, place, async (_roster, key) => {
      const { undoImport } = await import("../../../rewards/granting/undo.js");
      const { dryRun = false } = context.common;
      const undoing = { folder: importsFolder(context, place), id, key, reason: reason.code, dryRun };
      const undone = await undoImport(undoing, await chainOf(session, context));
      context.print({ import: id, reason: reason.name, ...undone }, () =>
        dryRun
          ? `Dry run: ${transactions(undone.steps.length)} would undo it. Nothing was sent.`
          : `Undone: ${transactions(undone.steps.length)}, ${reason.name}.`,
      );
    });
  },
});

/** Grants whose tokens are printed. */
const shownGrants = 20;

function outcome(
  { id, awards, campaign, campaignFolder, batches, tokens, complete, resumed, steps }: AwardsImported,
  session: Session,
): string {
  const lines = [`${resumed ? "Went on with" : "Began"} import ${id} of ${thousands(awards)} awards.`];
  const last = steps.at(-1);
  if (!complete && last !== undefined) lines.push(session.describe(last.submission, ""));
  if (campaign !== undefined) {
    lines.push(
      `Granted by campaign ${campaignId(session.suite.manifest.suiteId, campaign)}, ${thousands(campaign.size)} awards.`,
    );
    lines.push(`Leaves and what opens them are in ${campaignFolder}; keep that folder and back it up.`);
    lines.push("`stele campaign prove` and `stele person page --campaign` give each person theirs from it.");
  }
  tokens.slice(0, shownGrants).forEach(({ first, last }, i) => {
    const range = first === last ? `token ${first}` : `tokens ${first} to ${last}`;
    lines.push(`Granted by grant ${batches[i]}: ${range}.`);
  });
  if (tokens.length > shownGrants) lines.push(`${tokens.length - shownGrants} more grants; --json lists them all.`);
  if (complete) lines.push(`Complete, ${transactions(steps.length)}.`);
  return lines.join("\n");
}

function transactions(count: number): string {
  return `${thousands(count)} transaction${count === 1 ? "" : "s"}`;
}
