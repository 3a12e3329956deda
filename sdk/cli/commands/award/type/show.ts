import { reading } from "../../../../chain/reading.js";
import { categories, granters } from "../../../../rewards/standing.js";
import { defineCommand } from "../../../command.js";
import { positional } from "../../../fields.js";
import { timeText } from "../../../governed.js";
import { table } from "../../../output.js";
import type { Session } from "../../../session.js";
import { requireType, typeNumber } from "./fields.js";

export const awardTypeShow = defineCommand({
  name: "award type show",
  summary: "Show an award type, or all of them",
  description: "Example: stele award type show 3",
  reach: "reads",
  fields: { type: positional(typeNumber.optional(), "TYPE", "the award type's number; left out: all of them") },
  async run({ type }, context) {
    const session = await context.session();
    if (type !== undefined) {
      const shown = await readType(session, type);
      return context.print(shown, () => describe(shown));
    }
    const count = await session.suite.contract("Campaigns").typeCount();
    const types: ShownType[] = [];
    for (let each = 1n; each <= count; each++) {
      context.signal.throwIfAborted();
      types.push(await readType(session, each));
    }
    const rows = types.map((one) => [
      String(one.typeId),
      one.title,
      one.category,
      String(one.publisher),
      one.endedAt === 0n ? "stands" : one.supersededBy === 0n ? "retired" : `superseded by ${one.supersededBy}`,
    ]);
    context.print({ types }, () =>
      rows.length === 0 ? "No award type is published." : table(["type", "title", "category", "publisher", ""], rows),
    );
  },
});

type ShownType = Awaited<ReturnType<typeof readType>>;

async function readType(session: Session, typeId: bigint) {
  const found = await requireType(session, typeId);
  const campaigns = session.suite.contract("Campaigns");
  const [texts, members] = await reading(`the question for award type ${typeId}`, () =>
    Promise.all([campaigns.textsOf(typeId), campaigns.grantersOf(typeId)]),
  );
  const { publisher, needsEvidence, points, validity, supersededBy, publishedAt, endedAt } = found;
  const { criteriaHash, criteriaUri, title, authority } = texts;
  return {
    typeId,
    publisher,
    category: categories[Number(found.category)] ?? "none",
    granters: granters[Number(found.granters)] ?? "publisher",
    members: [...members],
    title,
    authority,
    criteriaHash,
    criteriaUri,
    needsEvidence,
    points,
    validity,
    supersededBy,
    publishedAt,
    endedAt,
  };
}

function describe(type: ShownType): string {
  const listed = type.members.length === 0 ? "" : `: ${type.members.join(", ")}`;
  const successor = type.supersededBy === 0n ? "" : `, superseded by ${type.supersededBy}`;
  return [
    `type       ${type.typeId}, ${type.title}`,
    `category   ${type.category}`,
    `authority  ${type.authority}`,
    `publisher  member ${type.publisher}`,
    `granters   ${type.granters}${listed}`,
    `criteria   ${type.criteriaUri}`,
    `           SHA-256 ${type.criteriaHash}`,
    `evidence   ${type.needsEvidence ? "a record of a log" : "not needed"}`,
    `points     ${type.points}`,
    `validity   ${type.validity === 0n ? "for ever" : `${type.validity} s`}`,
    `published  ${timeText(type.publishedAt)}`,
    `ended      ${timeText(type.endedAt)}${successor}`,
  ].join("\n");
}
