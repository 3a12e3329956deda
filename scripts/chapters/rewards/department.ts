import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Book } from "../../../sdk/book/book.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import type { LocalWitness } from "../../../sdk/log/witness.js";
import { personnelLogKind } from "../../../sdk/rewards/personnel/policy.js";
import { anchorBook, openWitness } from "../books.js";
import type { Actor, Stage } from "../stage.js";
import { openTerminal, type Terminal } from "../terminal.js";
import type { ChapterOptions, Narrator } from "../types.js";

const samples = fileURLToPath(new URL("../../../samples/people", import.meta.url));

/** People of the roster who have an account of their own: the first of them, with consecutive accounts. */
const withOwnAccount = 8;

/** The n-th person's own account, of the development mnemonic. */
export const owningAccount = (n: number): number => 39 + n;

/** What happened, and what came of it. */
export type Outcome = readonly [what: string, came: string];

/** A personnel department at its desk: its people on the roster, its units' logs. */
export interface Department {
  readonly stage: Stage;
  readonly desk: Terminal;
  readonly narrator: Narrator;
  readonly options: ChapterOptions;
  /** The folder that the desk works in, with a copy of the samples. */
  readonly folder: string;
  /** The account that acts for an actor. */
  account(actor: Actor): number;
  /** Anchors a unit's log, cosigned by the witnesses. @returns the gas that it took */
  anchor(unit: string): Promise<bigint>;
  readonly outcomes: Outcome[];
}

/** Sets the desk up. */
export async function openDepartment(stage: Stage, options: ChapterOptions, narrator: Narrator): Promise<Department> {
  const folder = join(options.workspace, "desk");
  await cp(samples, folder, { recursive: true });
  const witnesses: readonly LocalWitness[] = [
    await openWitness(stage, "north", options.workspace),
    await openWitness(stage, "south", options.workspace),
  ];
  return {
    stage,
    desk: openTerminal(stage, folder, narrator, options.signal),
    narrator,
    options,
    folder,
    account: (actor) => stage.accountOf(actor),
    async anchor(unit) {
      const book = await Book.open(join(folder, "books", unit));
      try {
        return (await anchorBook(stage, "personnel", book, witnesses, options.signal)).gas;
      } finally {
        await book.close();
      }
    },
    outcomes: [],
  };
}

interface RosterShown {
  readonly people: number;
  readonly units: Readonly<Record<string, { readonly people: number; readonly held: number }>>;
}

/** Takes the department's people in: from its CSV, with the consent of those who have accounts. */
export async function takeIn({ desk, narrator, account, folder, outcomes }: Department): Promise<void> {
  narrator.step("A personnel department and its people");
  const officer = account("personnel");
  const wrong = await desk.refused(officer, "roster", "import", "roster-gb18030.csv");
  narrator.say(`That was refused: ${wrong}`);
  await desk.json(officer, "roster", "import", "roster-gb18030.csv", "--encoding", "gb18030");
  await mkdir(join(folder, "consents"));
  for (let i = 0; i < withOwnAccount; i++) {
    const staff = staffNumber(i + 1);
    const shown = await desk.run(undefined, "roster", "show", staff, "--json");
    const { subject } = JSON.parse(shown.out) as { subject: Hex };
    const consent = await desk.run(owningAccount(i + 1), "subject", "consent", subject, "--json");
    await writeFile(join(folder, "consents", `${subject}.json`), consent.out);
  }
  const again = ["roster", "import", "roster-gb18030.csv", "--encoding", "gb18030", "--consents", "consents"];
  await desk.well(officer, ...again);
  const shown = JSON.parse((await desk.run(undefined, "roster", "show", "--json")).out) as RosterShown;
  const held = Object.values(shown.units).reduce((sum, unit) => sum + unit.held, 0);
  narrator.say(
    `${shown.people} people of ${Object.keys(shown.units).length} units are enrolled as pseudonyms; the department holds ` +
      `the accounts of ${held}, marked as such, until they claim them. Who is who is in its encrypted roster, and nowhere else.`,
  );
  outcomes.push(["a file in GB18030, read as UTF-8", "refused, with the option that reads it"]);
}

/** The n-th staff number of the samples. */
export function staffNumber(n: number): string {
  return `A${String(n).padStart(4, "0")}`;
}

/** Opens a unit's log of personnel records. */
export async function openUnit({ desk, stage, account }: Department, unit: string): Promise<void> {
  const policy = String(stage.policyOf(personnelLogKind));
  const opening = ["--kind", personnelLogKind, "--name", unit, "--policy", policy];
  await desk.well(account("personnel"), "log", "open", `books/${unit}`, ...opening);
}
