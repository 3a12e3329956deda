import { defineCommand, type Command } from "../../command.js";
import type { Context } from "../../context.js";
import { positional, text } from "../../fields.js";
import { hasRoster, rosterFields, subjectOf, withRoster, type RosterPlace } from "../../roster.js";
import { accountsOf } from "../roster/port.js";
import {
  subjectRecoverClose,
  subjectRecoverComplete,
  subjectRecoverDecide,
  subjectRecoverPropose,
  subjectRecoverSecond,
  subjectRecoverVeto,
  subjectRecoverWithdraw,
} from "../subject/recover.js";

const personField = positional(text, "PERSON", "staff number on the roster, or the subject's id");

/** A command about a subject, for people who know a staff number; everything else is the command's own. */
function ofPerson(
  command: Command,
  after?: (context: Context, place: RosterPlace, person: string) => Promise<void>,
): Command {
  const { subject: _, ...fields } = command.fields;
  return defineCommand({
    ...command,
    name: command.name.replace(/^subject/, "person"),
    description: (command.description ?? "").replace("stele subject", "stele person"),
    fields: { person: personField, ...rosterFields, ...fields },
    async run({ person, roster, rosterKey, ...input }, context) {
      const place = { roster, rosterKey };
      await command.run({ ...input, subject: await subjectOf(context, place, person) }, context);
      await after?.(context, place, person);
    },
  });
}

/** The roster of whoever completes a recovery follows, where it has the person. */
async function follow(context: Context, place: RosterPlace, person: string): Promise<void> {
  if (context.common.dryRun || context.common.propose !== undefined || !(await hasRoster(context, place))) return;
  const { refreshPerson } = await import("../../../rewards/enrolment/enrol.js");
  const session = await context.session();
  const subject = await subjectOf(context, place, person);
  await withRoster(context, place, async (roster) => {
    const known = roster.bySubject(subject);
    if (known !== undefined) await refreshPerson(roster, known, accountsOf(session));
  });
}

export const personRecoverPropose = ofPerson(subjectRecoverPropose);
export const personRecoverSecond = ofPerson(subjectRecoverSecond);
export const personRecoverVeto = ofPerson(subjectRecoverVeto);
export const personRecoverDecide = ofPerson(subjectRecoverDecide);
export const personRecoverComplete = ofPerson(subjectRecoverComplete, follow);
export const personRecoverClose = ofPerson(subjectRecoverClose);
export const personRecoverWithdraw = ofPerson(subjectRecoverWithdraw);
