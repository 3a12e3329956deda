import { basename } from "node:path";

import { utf8, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readText, writeAtomically } from "../../../common/node/files.js";
import type { PersonPage } from "../../../rewards/personnel/page/page.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, list, text, value } from "../../fields.js";

interface PageInput {
  readonly book: readonly string[];
  readonly subject: Hex | undefined;
  readonly staff: string | undefined;
  readonly roster: string | undefined;
  readonly rosterKey: string | undefined;
  readonly source: readonly string[];
  readonly card: string | undefined;
  readonly out: string;
}

type Who = Pick<PersonPage, "subject" | "staffNumber" | "name" | "unit">;

export const personPage = defineCommand({
  name: "person page",
  summary: "Write the page of one person: every record and award about them, and what they can do",
  description:
    "NAME.html is one file for people, without script and with nothing to load; NAME.json holds the openings and proofs " +
    "with which the person shows, disputes and appeals. With --card both are sealed to the person (age format), and " +
    "nothing is written in the open.\n\n" +
    "Example: stele person page --book books/staff --roster roster --roster-key roster.key --staff 007 --card card.json " +
    "--out 007",
  reach: "reads",
  fields: {
    book: list(text, "FOLDER", "folder of a log with records about the person (several times)"),
    subject: value(bytes32.optional(), "SUBJECT", "the person's pseudonym"),
    staff: value(text.optional(), "NUMBER", "the person's staff number instead, with --roster"),
    roster: value(text.optional(), "FOLDER", "the department's roster"),
    rosterKey: value(text.optional(), "FILE", "key of the roster"),
    source: list(text, "URI", "a source that records may come from, to name it on the page (several times)"),
    card: value(text.optional(), "CARD", "seal both files to this person's card"),
    out: value(text, "NAME", "name of the files, without an ending"),
  },
  async run(input, context) {
    const who = await personOf(input, context);
    const file = `${basename(input.out)}.json${input.card === undefined ? "" : ".age"}`;
    const page = await collect(who, input, file, context);
    const written = await write(page, input, context);
    const { records, awards } = page;
    context.print({ subject: who.subject, records: records.length, awards: awards.length, written }, () =>
      [`${records.length} records and ${awards.length} awards.`, ...written.map((one) => `Wrote ${one}.`)].join("\n"),
    );
  },
});

async function personOf({ subject, staff, roster, rosterKey }: PageInput, context: Context): Promise<Who> {
  if ((subject === undefined) === (staff === undefined)) {
    throw new SteleError("usage", "say who: --subject SUBJECT, or --staff NUMBER with --roster and --roster-key");
  }
  if (roster === undefined || rosterKey === undefined) {
    if (subject === undefined) throw new SteleError("usage", "--staff needs --roster and --roster-key");
    return { subject };
  }
  const { openKey } = await import("../../../book/secrets.js");
  const { Roster } = await import("../../../rewards/roster/roster.js");
  const opened = await Roster.open(context.path(roster), await openKey(context.path(rosterKey)));
  try {
    const person = subject === undefined ? opened.require(staff ?? "") : opened.bySubject(subject);
    return person ?? { subject: subject! };
  } finally {
    opened.close();
  }
}

async function collect(who: Who, input: PageInput, file: string, context: Context): Promise<PersonPage> {
  const { openBookReader } = await import("../../../book/reader.js");
  const { collectRecords } = await import("../../../rewards/personnel/page/collect.js");
  const { suite, connection } = await context.session();
  const { subject, staffNumber, name, unit } = who;
  const { account, held } = await suite.contract("Subjects").subjectInfo(subject);
  const madeAt = BigInt((await connection.provider.getBlock("latest"))?.timestamp ?? 0);
  const found = [];
  for (const folder of input.book) {
    const reader = await openBookReader(context.path(folder));
    const bar = context.progress(`read ${folder}`);
    try {
      const options = {
        sources: input.source,
        signal: context.signal,
        progress: (done: bigint, all: bigint) => bar.update(done, all),
      };
      found.push(await collectRecords(suite, reader, subject, madeAt, options));
      bar.finish();
    } finally {
      await reader.close();
    }
  }
  return {
    subject,
    staffNumber,
    name,
    unit,
    account: account as Hex,
    held,
    madeAt,
    file,
    chainId: suite.manifest.chainId,
    network: context.common.network ?? "local",
    records: found.flatMap(({ records }) => records),
    erasures: found.flatMap(({ erasures }) => erasures),
    awards: [],
    points: [],
  };
}

/** Writes page and file. @returns their names */
async function write(page: PersonPage, { out, card }: PageInput, context: Context): Promise<readonly string[]> {
  const { renderPage } = await import("../../../rewards/personnel/page/html.js");
  const { personFileOf } = await import("../../../rewards/personnel/page/page-file.js");
  const { formatPersonFile } = await import("../../../rewards/personnel/file.js");
  const parts = [
    [`${out}.html`, renderPage(page)],
    [`${out}.json`, formatPersonFile(personFileOf(page))],
  ] as const;
  if (card === undefined) {
    for (const [name, content] of parts) await writeAtomically(context.path(name), content, 0o600);
    return parts.map(([name]) => name);
  }
  const { parsePersonCard, sealFor } = await import("../../../rewards/personnel/keys.js");
  const { recipient } = parsePersonCard(await readText(context.path(card), card), { file: card });
  for (const [name, content] of parts) {
    await writeAtomically(context.path(`${name}.age`), await sealFor(recipient, utf8(content)), 0o600);
  }
  return parts.map(([name]) => `${name}.age`);
}
