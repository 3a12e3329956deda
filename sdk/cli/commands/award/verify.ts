import { SteleError } from "../../../common/errors.js";
import { readText } from "../../../common/node/files.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { address, flag, positional, text, value } from "../../fields.js";

export interface VerifyInput {
  readonly file: string;
  readonly statement: string | undefined;
  readonly trust: string | undefined;
  readonly issuerKey: string | undefined;
  readonly statusList: string | undefined;
  readonly ignoreStatus: boolean;
  readonly proof: string | undefined;
  readonly audience: string | undefined;
  readonly nonce: string | undefined;
  readonly offline: boolean;
}

export const awardVerify = defineCommand({
  name: "award verify",
  summary: "Verify a credential of an award: Open Badge, SD-JWT or shown fields",
  description:
    "FILE is what stele award export wrote. Against a network: the account that signed the issuer's statement acts for " +
    "the member, and the chain says the same of the award and that it counts. Offline: the statement is signed by the " +
    "account that you name with --trust, or the credential by the key of --issuer-key, and the status list does not " +
    "revoke it. Nothing is fetched. Exit code 0 only if everything holds.\n\n" +
    "Examples: stele award verify badge.json --statement statement.json\n" +
    "          stele award verify badge.json --offline --statement statement.json --trust 0x… --status-list list.json",
  reach: "reads",
  fields: {
    file: positional(text, "FILE", "the credential"),
    statement: value(text.optional(), "FILE", "the issuer's statement of its keys"),
    trust: value(address.optional(), "ADDRESS", "with --offline: an account that you know to act for the issuer"),
    issuerKey: value(text.optional(), "DID", "the key that you know to be the issuer's, in place of a statement"),
    statusList: value(text.optional(), "FILE", "the issuer's status list (.json for a badge, .jwt for an SD-JWT)"),
    ignoreStatus: flag("with --offline: do not ask whether it was revoked"),
    proof: value(text.optional(), "FILE", "proof of the award in its campaign, so that the chain can say all of it"),
    audience: value(text.optional(), "TEXT", "for an SD-JWT bound to its holder: to whom it was to be presented"),
    nonce: value(text.optional(), "TEXT", "and what was asked"),
    offline: flag("ask no network"),
  },
  async run(input, context) {
    const document = await readText(context.path(input.file), input.file);
    const verifying = await import("./verifying.js");
    if (!document.trimStart().startsWith("{")) return verifying.sdJwt(document, input, context);
    const { parseJson } = await import("../../../records/json.js");
    const { largestCredential } = await import("../../../rewards/credentials/document.js");
    if (document.length > largestCredential) {
      throw new SteleError("input", "is too long to be a credential of this suite", { place: { file: input.file } });
    }
    const value = parseJson(document, { file: input.file }) as { format?: unknown };
    if (value.format === "stele-record/1") {
      throw new SteleError("usage", "this is a shown record: verify it with stele proof verify");
    }
    if (value.format === "stele-award-shown/1") return verifying.shownFields(value, input, context);
    return verifying.badge(document, input, context);
  },
});

/** The text of an optional file. */
export async function optionalText(shown: string | undefined, context: Context): Promise<string | undefined> {
  return shown === undefined ? undefined : readText(context.path(shown), shown);
}
