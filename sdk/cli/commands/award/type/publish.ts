import { keccak256 } from "ethers";

import { emittedIn } from "../../../../chain/emitted.js";
import { defineCommand } from "../../../command.js";
import { positional, text } from "../../../fields.js";
import { wantedCall } from "../../../governed.js";
import type { Session } from "../../../session.js";

export const awardTypePublish = defineCommand({
  name: "award type publish",
  summary: "Publish an award type: what an award is for, by which criteria, and who may grant it",
  description:
    "The file says category, title, authority, criteria (a document beside it, whose SHA-256 gets on chain, and where " +
    "everybody can read it), who may grant, whether a record must stand behind each award, points and validity in " +
    "seconds. A type is never edited: publish a better one that supersedes it. The same file again publishes nothing.\n\n" +
    "Example: stele award type publish first-aid.json --account 4",
  reach: "writes",
  fields: { file: positional(text, "FILE", "the type as JSON") },
  async run({ file }, context) {
    const { readAwardType } = await import("../../../../rewards/terms.js");
    const terms = await readAwardType(context.path(file), file);
    const session = await context.session();
    const call = wantedCall(session, {
      contract: "Campaigns",
      method: "publish",
      values: [terms],
      label: `publish the award type "${terms.title}"`,
    });
    const submitted = await session.submit(call, `award type ${keccak256(call.data)}`);
    const typeId = submitted.kind === "sent" ? await publishedIn(session, submitted.hash) : undefined;
    context.print({ typeId: typeId ?? null, terms, submitted }, () =>
      [
        session.describe(submitted, `"${terms.title}" is award type ${typeId}.`),
        `criteria  ${terms.criteriaHash}, ${terms.criteriaUri}`,
      ].join("\n"),
    );
  },
});

async function publishedIn(session: Session, hash: string): Promise<bigint | undefined> {
  const published = await emittedIn(session.suite, "Campaigns", "AwardTypePublished", hash);
  return published?.["typeId"] as bigint | undefined;
}
