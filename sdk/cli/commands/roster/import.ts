import { id } from "ethers";

import { capabilities } from "../../../chain/capabilities.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { Enrolled } from "../../../rewards/enrolment/enrol.js";
import type { Planned } from "../../../rewards/enrolment/plan.js";
import type { RosterRow } from "../../../rewards/enrolment/table.js";
import type { Roster } from "../../../rewards/roster/roster.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, flag, positional, text, value, type InputOf } from "../../fields.js";
import { encodingField, hasRoster, importsFolder, rosterFields, withNewRoster, withRoster } from "../../roster.js";
import type { Session } from "../../session.js";
import { soundTable, type SoundTable } from "../../sound-table.js";
import { enrolmentPort } from "./port.js";

const fields = {
  file: positional(text, "FILE", "CSV with staffNumber, unit and, where known, name, account, deadline and signature"),
  ...rosterFields,
  encoding: encodingField,
  domain: value(
    bytes32.default(id("stele.personnel") as Hex),
    "HASH",
    "what the pseudonyms are for, 32 bytes (default: hash of stele.personnel)",
  ),
  consents: value(
    text.optional(),
    "DIR",
    "folder of consents, each in SUBJECT.json as `subject consent --json` prints it",
  ),
  again: flag("import a file once more that was imported and undone"),
};
type Input = InputOf<typeof fields>;

export const rosterImport = defineCommand({
  name: "roster import",
  summary: "Take people from a CSV onto the roster and enrol them on chain (officer)",
  description:
    "The whole file is checked first; all problems are listed in NAME.errors.csv. People without an account get one whose " +
    "key the department keeps, encrypted beside the roster, until they claim it. People with their own are enrolled once " +
    "their account consents: give them the subject id that `roster show STAFF` prints, let them sign it with `subject " +
    "consent SUBJECT --json`, put what they send into a folder as SUBJECT.json and run the same import with --consents, " +
    "or put deadline and signature into the file. Interrupted, it goes on when it is run again; people are never " +
    "enrolled twice.\n\nExample: stele roster import people.csv --encoding gb18030 --key officer.key",
  reach: "writes",
  fields,
  async run(input, context) {
    const session = await context.session();
    const member = await officersMember(session);
    const known = await hasRoster(context, input);
    // Nothing is made for a file with a problem, not even an empty roster.
    const early = known ? undefined : await check(input, context, undefined);
    if (context.common.dryRun && early !== undefined) return rehearse(early, context);
    await (known ? withRoster : withNewRoster)(context, input, async (roster) => {
      const found = early ?? (await check(input, context, roster));
      if (context.common.dryRun) rehearse(found, context);
      else await importPeople(input, context, session, roster, found, member);
    });
  },
});

/** Says what a sound file would bring. */
function rehearse({ size: rows }: SoundTable<RosterRow>, context: Context): void {
  context.print({ rows }, () => `Dry run: ${rows} people, no problem in the file. Nothing was changed.`);
}

async function check(input: Input, context: Context, roster: Roster | undefined): Promise<SoundTable<RosterRow>> {
  const { rosterTable } = await import("../../../rewards/enrolment/table.js");
  return soundTable(input, rosterTable(roster), context);
}

async function importPeople(
  input: Input,
  context: Context,
  session: Session,
  roster: Roster,
  table: SoundTable<RosterRow>,
  member: number,
): Promise<void> {
  const { openImport } = await import("../../../rewards/imports/run.js");
  const { planPeople } = await import("../../../rewards/enrolment/plan.js");
  const { enrolPending } = await import("../../../rewards/enrolment/enrol.js");
  const { domain } = input;
  const { suiteId } = session.manifest;
  const terms = { kind: "roster", digest: table.digest, parameters: { suiteId, member, domain } };
  const run = await openImport(importsFolder(context, input), terms, { again: input.again });
  try {
    const progress = context.progress("people");
    const report = { signal: context.signal, onProgress: (done: number) => progress.update(done) };
    const planned = await planPeople(roster, table.rows(), { suiteId, member, domain, import: run.id }, report);
    const enrolled = await enrolPending(roster, enrolmentPort(input, context, session, roster), report);
    progress.finish();
    const done = enrolled.waiting === 0 && enrolled.proposed === 0 && enrolled.refusals === 0;
    if (done) run.finish();
    if (enrolled.refusals > 0) context.conclude("findings");
    context.print({ import: run.id, finished: done, ...planned, ...enrolled }, () =>
      summary(run.id, planned, enrolled),
    );
  } finally {
    run.close();
  }
}

/** The member that the sending account is an officer of. */
async function officersMember(session: Session): Promise<number> {
  const account = await (await session.signer()).getAddress();
  const member = await session.suite.contract("Members").hasCapability(account, capabilities.SUBJECT_OFFICER);
  if (member === 0n) throw new SteleError("refused", `${account} may not enrol people for any member`);
  return Number(member);
}

function summary(id: Hex, { added, changed, same }: Planned, result: Enrolled): string {
  const { enrolled, waiting, proposed, refused, refusals } = result;
  const lines = [
    `import ${id}`,
    `roster: ${added} new, ${changed} changed, ${same} as before`,
    `chain: ${enrolled} enrolled`,
  ];
  if (proposed > 0) lines.push(`${proposed} calls were proposed; run the import again once they took effect`);
  if (waiting > 0) lines.push(`${waiting} wait for the consent of their account; run the import again with --consents`);
  for (const { staffNumber, sentence } of refused) lines.push(`refused ${staffNumber}: ${sentence}`);
  if (refusals > refused.length) lines.push(`${refusals - refused.length} more were refused`);
  return lines.join("\n");
}
