import { stat } from "node:fs/promises";

import { SteleError } from "../../../common/errors.js";
import { visible } from "../../../common/visible.js";
import type { Person } from "../../../rewards/roster/person.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, flag, positional, text } from "../../fields.js";
import { table, thousands } from "../../output.js";
import { importsFolder, rosterFields, staffField, withRoster } from "../../roster.js";
import { accountsOf } from "./port.js";

export const rosterShow = defineCommand({
  name: "roster show",
  summary: "Show a person of the roster, or how many there are in each unit, and the imports",
  description: "Example: stele roster show S-1001",
  reach: "local",
  fields: { staff: positional(text.optional(), "STAFF", "the person's staff number"), ...rosterFields },
  async run({ staff, ...place }, context) {
    await withRoster(context, place, async (roster) => {
      if (staff !== undefined) return showPerson(roster.require(staff), context);
      const units = new Map<string, { people: number; held: number; pending: number }>();
      for await (const { unit, held, pending } of roster.people()) {
        const known = units.get(unit) ?? { people: 0, held: 0, pending: 0 };
        known.people++;
        if (held) known.held++;
        if (pending === true) known.pending++;
        units.set(unit, known);
      }
      const { listImports } = await import("../../../rewards/imports/run.js");
      const imports = await listImports(importsFolder(context, place));
      const rows = [...units].map(([unit, { people, held, pending }]) => [
        visible(unit),
        ...[people, held, pending].map(thousands),
      ]);
      context.print({ people: roster.size, units: Object.fromEntries(units), imports }, () =>
        [
          table(["unit", "people", "accounts held", "not enrolled yet"], rows),
          ...imports.map(({ id, kind, state, begun }) => `import ${id} (${kind}), begun ${begun}: ${state}`),
        ].join("\n"),
      );
    });
  },
});

function showPerson(known: Person, context: Context): void {
  const { import: _, former: __, consent: ___, ...person } = known;
  const { staffNumber, name, unit, subject, account, held, pending } = person;
  context.print(person, () =>
    [
      `${visible(staffNumber)}${name === undefined ? "" : `, ${visible(name)}`}, ${visible(unit)}`,
      `subject  ${subject}${pending === true ? ", not enrolled yet" : ""}`,
      `account  ${account}${held ? ", its key held by the department" : ""}`,
    ].join("\n"),
  );
}

export const rosterExport = defineCommand({
  name: "roster export",
  summary: "Write the roster to a CSV that spreadsheets open; without keys and openings",
  description:
    "The file is not encrypted: it is made for its owner alone, and should not live long.\n\n" +
    "Example: stele roster export people-now.csv",
  reach: "local",
  fields: { file: positional(text, "FILE", "the CSV to write"), ...rosterFields },
  async run({ file, ...place }, context) {
    const { writeRoster } = await import("../../../rewards/enrolment/export.js");
    const people = await withRoster(context, place, (roster) => writeRoster(roster, context.path(file), file));
    const { size } = await stat(context.path(file));
    context.print({ people, file, size }, () => `Wrote ${thousands(people)} people to ${file}, unencrypted.`);
  },
});

export const rosterUndo = defineCommand({
  name: "roster undo",
  summary: "Undo an import: people who are not on chain yet go, changed names and units are as before",
  description:
    "Who is enrolled on chain stays on the roster: an enrolment cannot be taken back. Enrolments that were proposed must not " +
    "be executed afterwards: nobody would know any more whose they are.\n\n" +
    "Example: stele roster undo 0xIMPORT",
  reach: "reads",
  fields: { import: positional(bytes32, "IMPORT", "id of the import, as `roster show` lists it"), ...rosterFields },
  async run({ import: id, ...place }, context) {
    const { findImport } = await import("../../../rewards/imports/run.js");
    const { undoPlan } = await import("../../../rewards/enrolment/plan.js");
    const session = await context.session();
    await withRoster(context, place, async (roster) => {
      const run = await findImport(importsFolder(context, place), id);
      try {
        if (run.terms.kind !== "roster") throw new SteleError("refused", `${id} is an import of ${run.terms.kind}`);
        if (run.terms.parameters["suiteId"] !== session.manifest.suiteId)
          throw new SteleError("refused", `${id} enrolled people on another network; name that one with --network`);
        run.undo();
        const undone = await undoPlan(roster, id, accountsOf(session));
        run.finishUndo();
        const { removed, restored, enrolled } = undone;
        context.print(
          { import: id, ...undone },
          () => `${removed} people removed, ${restored} as before, ${enrolled} stay since they are on chain`,
        );
      } finally {
        run.close();
      }
    });
  },
});

export const rosterRemove = defineCommand({
  name: "roster remove",
  summary: "Erase a person from the roster, with the key held for them",
  description:
    "What the chain knows of the pseudonym stays there, and nobody can link it to the person through this roster any " +
    "more. A key that the department held is gone for good: let the person claim the account first. Backups are yours.\n\n" +
    "Example: stele roster remove S-1001",
  reach: "local",
  fields: { staff: staffField, ...rosterFields, yes: flag("really, also where a key is held") },
  async run({ staff, yes, ...place }, context) {
    await withRoster(context, place, async (roster) => {
      const { held } = roster.require(staff);
      if (held && !yes) {
        const sentence = `the department holds the key of ${staff}'s account; let it be claimed first, or say --yes`;
        throw new SteleError("refused", sentence);
      }
      roster.remove(staff);
      context.print({ removed: staff }, () => `Erased ${visible(staff)} from the roster.`);
    });
  },
});

export const rosterRefresh = defineCommand({
  name: "roster refresh",
  summary: "Bring accounts up to date with the chain, after claims and recoveries",
  description:
    "Keys that were held for accounts that are claimed by now are destroyed.\n\nExample: stele roster refresh",
  reach: "reads",
  fields: {
    staff: positional(text.optional(), "STAFF", "one person's staff number instead of everybody"),
    ...rosterFields,
  },
  async run({ staff, ...place }, context) {
    const { refreshPerson } = await import("../../../rewards/enrolment/enrol.js");
    const session = await context.session();
    await withRoster(context, place, async (roster) => {
      let [looked, changed] = [0, 0];
      const people = staff === undefined ? roster.people() : [roster.require(staff)];
      for await (const person of people) {
        context.signal.throwIfAborted();
        looked++;
        if ((await refreshPerson(roster, person, accountsOf(session))) !== person) changed++;
      }
      context.print(
        { looked, changed },
        () => `${thousands(changed)} of ${thousands(looked)} people have another account.`,
      );
    });
  },
});
