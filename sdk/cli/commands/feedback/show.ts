import { SteleError } from "../../../common/errors.js";
import { parseInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import { address, flag, list, text, value, type InputOf } from "../../fields.js";
import { z } from "zod";

const moment = text.transform((given, issue): bigint => {
  try {
    return parseInstant(given);
  } catch (error) {
    issue.addIssue(error instanceof SteleError ? error.message : String(error));
    return z.NEVER;
  }
});

const fields = {
  book: list(text, "FOLDER", "folder of a unit's log (several times for a table of several units)"),
  unit: list(text, "NAME", "only this unit (several times)"),
  person: list(text, "FILE", "a person's file or one opening (several times): show the person's standing instead"),
  keys: value(text.optional(), "FILE", "with --person: the person's own keys, where the file is sealed"),
  proof: value(text.optional(), "FILE", "with --person: write a proof of the standing; alone: verify one"),
  criteria: value(text.optional(), "FILE", "published criteria (default for a table: those of the latest import)"),
  log: value(text.optional(), "FOLDER|URL", "the unit's log, to see in which periods it recorded feedback at all"),
  at: value(moment.optional(), "TIME", "standing as of this moment, RFC 3339 (default: now)"),
  format: value(z.enum(["table", "csv", "svg"]).default("table"), "FORMAT", "table, csv or svg (default: table)"),
  out: value(text.optional(), "FILE", "write the table to a file"),
  verifierKey: value(text.optional(), "VKEY", "with --offline: Ed25519 verifier key of the log (C2SP signed-note)"),
  checkpointKey: value(address.optional(), "ADDRESS", "with --offline: address of the log's checkpoint key"),
  offline: flag("do not ask the desk, nor the chain for the log's head"),
} as const;
export type ShowInput = InputOf<typeof fields>;

export const feedbackShow = defineCommand({
  name: "feedback show",
  summary: "Show a unit's feedback as a table or chart, or a person's standing with proof",
  description:
    "A unit's table has quartiles by criterion and period; figures of fewer than five people are withheld, and so is a " +
    "table that would tell theirs beside one that was shown before. A standing is computed from what the person opens: " +
    "whoever gets its proof verifies it without asking the unit, and sees which of the person's records were left out.\n\n" +
    "Examples: stele feedback show --book books/unit-7 --format svg --out unit-7.svg\n" +
    "          stele feedback show --person me.json --criteria criteria.json --proof standing.json\n" +
    "          stele feedback show --proof standing.json --log https://unit.example/log/",
  reach: "reads",
  fields,
  async run(input, context) {
    const asked = [input.book.length > 0, input.person.length > 0 || input.proof !== undefined];
    if (asked[0] === asked[1]) {
      throw new SteleError(
        "usage",
        "name --book FOLDER for a unit's table, or --person FILE or --proof FILE for a standing",
      );
    }
    if (asked[0] === true) return (await import("./table.js")).showTable(input, context);
    const standing = await import("./standing.js");
    return input.person.length > 0 ? standing.showStanding(input, context) : standing.checkStanding(input, context);
  },
});
