import { join } from "node:path";

import { formatInstant } from "../../../common/time.js";
import { defineCommand } from "../../command.js";
import { duration, positional, text, value } from "../../fields.js";
import { logSource } from "../../governed.js";

export const awardStatusList = defineCommand({
  name: "award status-list",
  summary: "Write an issuer's status lists from the state of the chain",
  description:
    "For everything that the member granted, as tokens or by campaign: which of it is revoked now. Each list is written " +
    "twice, as Bitstring Status List (.json) and as Token Status List (.jwt), for every key of the issuer that counts. " +
    "Publish the folder where the credentials say, and run it again well before the lists end.\n\n" +
    "Example: stele award status-list keys/awards --out public/status",
  reach: "reads",
  fields: {
    folder: positional(text, "FOLDER", "folder of stele award issuer"),
    out: value(text.optional(), "FOLDER", "where the lists go (default: FOLDER/status)"),
    validity: value(duration.default(7 * 86_400), "TIME", "how long the lists count (default: 7d)"),
  },
  async run({ folder, out, validity }, context) {
    const { IssuerFolder } = await import("../../../rewards/credentials/issuer.js");
    const { publishLists } = await import("../../../rewards/credentials/publish.js");
    const { readIssuerStatus } = await import("../../../rewards/credentials/status.js");
    const { requireDeploymentOf } = await import("./folder.js");
    const issuer = await IssuerFolder.open(context.path(folder));
    const session = await context.session();
    requireDeploymentOf(issuer, session.suite, folder);
    const status = await readIssuerStatus(session.suite, issuer.config.member, logSource(session, context));
    const progress = context.progress("lists written");
    const target = out === undefined ? join(issuer.folder, "status") : context.path(out);
    const made = await publishLists(issuer, status, {
      folder: target,
      validity: BigInt(validity),
      signal: context.signal,
      progress: (done) => progress.update(done),
    });
    progress.finish();
    const { time, layout } = status;
    const until = time + BigInt(validity);
    context.print({ folder: target, ...made, awards: layout.total, lists: layout.lists, time, until }, () =>
      [
        `${layout.total} award(s) of member ${issuer.config.member}, ${made.revoked} revoked at ${formatInstant(time)}.`,
        `${made.files.length} file(s) in ${target}, which count until ${formatInstant(until)}.`,
      ].join("\n"),
    );
  },
});
