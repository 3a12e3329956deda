import { basename } from "node:path";

import { blockTime } from "../../../chain/moment.js";
import { utf8, type Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import { readText, writeAtomically } from "../../../common/node/files.js";
import type { CampaignFolder } from "../../../rewards/campaign/campaign.js";
import type { FoundRecords } from "../../../rewards/personnel/page/collect.js";
import type { PageAward, PersonPage } from "../../../rewards/personnel/page/page.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, list, text, value } from "../../fields.js";
import { hasRosterAndKey, rosterFields, withRoster } from "../../roster.js";
import { logSource } from "../../governed.js";

interface PageInput {
  readonly book: readonly string[];
  readonly subject: Hex | undefined;
  readonly staff: string | undefined;
  readonly roster: string;
  readonly rosterKey: string | undefined;
  readonly campaign: readonly string[];
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
    "Example: stele person page --book books/staff --staff 007 --card card.json --out 007",
  reach: "reads",
  fields: {
    book: list(text, "FOLDER", "folder of a log with records about the person (several times)"),
    subject: value(bytes32.optional(), "SUBJECT", "the person's pseudonym"),
    staff: value(text.optional(), "NUMBER", "the person's staff number on the roster instead"),
    ...rosterFields,
    campaign: list(text, "FOLDER", "folder of a campaign in which the person may have awards (several times)"),
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

async function personOf({ subject, staff, ...place }: PageInput, context: Context): Promise<Who> {
  if ((subject === undefined) === (staff === undefined)) {
    throw new SteleError("usage", "say who: --subject SUBJECT, or --staff NUMBER of the roster");
  }
  if (staff !== undefined) return withRoster(context, place, async (roster) => roster.require(staff));
  if (!(await hasRosterAndKey(context, place))) return { subject: subject! };
  return withRoster(context, place, async (roster) => roster.bySubject(subject!) ?? { subject: subject! });
}

async function collect(who: Who, input: PageInput, file: string, context: Context): Promise<PersonPage> {
  const { suite, connection } = await context.session();
  const { subject, staffNumber, name, unit } = who;
  const { collectPoints } = await import("../../../rewards/personnel/page/collect-points.js");
  const { account, held, member } = await suite.contract("Subjects").subjectInfo(subject);
  if (BigInt(account) === 0n) throw new SteleError("missing", `there is no subject ${subject} on this network`);
  const madeAt = await blockTime(connection.provider);
  const found = [];
  for (const folder of input.book) found.push(await recordsIn(folder, subject, madeAt, input.source, context));
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
    logs: found.map(({ log }) => log),
    records: found.flatMap(({ records }) => records),
    erasures: found.flatMap(({ erasures }) => erasures),
    awards: await awardsOf(subject, input.campaign, context),
    points: await collectPoints(suite, account, member),
  };
}

async function recordsIn(
  folder: string,
  subject: Hex,
  madeAt: bigint,
  sources: readonly string[],
  context: Context,
): Promise<FoundRecords> {
  const { openBookReader } = await import("../../../book/reader.js");
  const { collectRecords } = await import("../../../rewards/personnel/page/collect.js");
  const { suite } = await context.session();
  const reader = await openBookReader(context.path(folder));
  const bar = context.progress(`read ${folder}`);
  try {
    const progress = (done: bigint, all: bigint) => bar.update(done, all);
    return await collectRecords(suite, reader, subject, madeAt, { sources, signal: context.signal, progress });
  } finally {
    bar.finish();
    await reader.close();
  }
}

async function awardsOf(subject: Hex, folders: readonly string[], context: Context): Promise<readonly PageAward[]> {
  const { openCampaign } = await import("../../../rewards/campaign/campaign.js");
  const { collectAwards } = await import("../../../rewards/personnel/page/collect-awards.js");
  const session = await context.session();
  const campaigns: CampaignFolder[] = [];
  try {
    for (const folder of folders) campaigns.push(await openCampaign(context.path(folder)));
    const events = logSource(session, context);
    return await collectAwards({ suite: session.suite, events, campaigns }, subject);
  } finally {
    for (const campaign of campaigns) await campaign.close();
  }
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
    for (const [name, content] of parts) await writeAtomically(context.path(name), content, 0o600, name);
    return parts.map(([name]) => name);
  }
  const { parsePersonCard, sealFor } = await import("../../../rewards/personnel/keys.js");
  const { recipient } = parsePersonCard(await readText(context.path(card), card), { file: card });
  for (const [name, content] of parts) {
    await writeAtomically(context.path(`${name}.age`), await sealFor(recipient, utf8(content)), 0o600, `${name}.age`);
  }
  return parts.map(([name]) => `${name}.age`);
}
