import { z } from "zod";

import { SteleError } from "../../../common/errors.js";
import { readText, writeAtomically } from "../../../common/node/files.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { list, positional, text, value } from "../../fields.js";

const formats = ["ob3", "sd-jwt", "fields"] as const;

export interface ExportInput {
  readonly award: string;
  readonly format: (typeof formats)[number];
  readonly issuer: string | undefined;
  readonly subject: "subject" | "account";
  readonly content: string | undefined;
  readonly holderKey: string | undefined;
  readonly show: readonly string[];
  readonly audience: string | undefined;
  readonly nonce: string | undefined;
  readonly statusList: string | undefined;
  readonly out: string;
}

export const awardExport = defineCommand({
  name: "award export",
  summary: "Give an award in a form that others check without the chain, or show parts of one",
  description:
    "The issuer makes an Open Badge 3.0 (--format ob3) or an SD-JWT VC (sd-jwt) of an award: AWARD is a token's number or " +
    "the proof of an award of a campaign, --issuer the folder of stele award issuer. The holder shows parts of what they " +
    "were given: AWARD is an SD-JWT with --show and, where it is bound to their key, --holder-key, --audience and " +
    "--nonce; or, with --format fields, the opening of a personnel record, or an award's proof with --content.\n\n" +
    "Examples: stele award export 4294967296 --issuer keys/awards --out badge.json --status-list list.json\n" +
    "          stele award export award.sdjwt --format sd-jwt --show /title --show /content/citation --out shown.sdjwt",
  reach: "reads",
  fields: {
    award: positional(text, "AWARD", "number of a token, or a file: proof, opening or SD-JWT"),
    format: value(z.enum(formats).default("ob3"), "FORM", "ob3, sd-jwt or fields (default: ob3)"),
    issuer: value(text.optional(), "FOLDER", "the issuer's keys; makes a new credential"),
    subject: value(z.enum(["subject", "account"]).default("subject"), "FORM", "name the person by subject or account"),
    content: value(text.optional(), "FILE", "opening of what else the award says"),
    holderKey: value(text.optional(), "FILE", "the holder's JWK: public to bind to, private to present with"),
    show: list(text, "POINTER", "field to show, for instance /title or /content/citation; several times"),
    audience: value(text.optional(), "TEXT", "to whom it is presented"),
    nonce: value(text.optional(), "TEXT", "what they asked"),
    statusList: value(text.optional(), "FILE", "also write the status list that the credential stands in"),
    out: value(text, "FILE", "the file to write"),
  },
  async run(input, context) {
    if (input.issuer !== undefined) {
      if (input.format === "fields")
        throw new SteleError("usage", "--format fields needs no issuer: the holder shows them");
      const { issueCredential } = await import("./issuing.js");
      return issueCredential(input, input.issuer, context);
    }
    if (input.statusList !== undefined) throw new SteleError("usage", "--status-list goes with --issuer");
    if (input.format === "ob3") throw new SteleError("usage", "--issuer FOLDER is missing: who signs the credential?");
    const shown = input.format === "sd-jwt" ? await presented(input, context) : await disclosed(input, context);
    await writeAtomically(context.path(input.out), shown, 0o600, input.out);
    context.print({ file: input.out, shown: input.show }, () => `Shows ${input.show.length} field(s): ${input.out}`);
  },
});

/** What the holder shows of an SD-JWT. */
async function presented(input: ExportInput, context: Context): Promise<string> {
  const { presentSdJwt } = await import("../../../rewards/credentials/sd-jwt.js");
  const { machineClock } = await import("../../../common/time.js");
  const { holderKey, audience, nonce } = input;
  const credential = await readText(context.path(input.award), input.award);
  if (holderKey === undefined) return `${await presentSdJwt(credential.trim(), input.show)}\n`;
  if (audience === undefined || nonce === undefined) {
    throw new SteleError("usage", "--holder-key answers a question: give --audience and --nonce too");
  }
  const { parseHolderSecret } = await import("../../../rewards/credentials/jws.js");
  const key = parseHolderSecret(await readStrictly(holderKey, context), { file: holderKey });
  const binding = { key, audience, nonce, time: machineClock() };
  return `${await presentSdJwt(credential.trim(), input.show, binding)}\n`;
}

/** What a person shows of a record or of an award's content, by field leaves. */
async function disclosed(input: ExportInput, context: Context): Promise<string> {
  const document = await readStrictly(input.award, context);
  const place = { file: input.award };
  if ((document as { format?: unknown }).format === "stele-opening/1") {
    const { parseOpening, present } = await import("../../../rewards/personnel/opening.js");
    const { formatPresentation } = await import("../../../records/presentation.js");
    return formatPresentation(present(parseOpening(document, place), input.show));
  }
  if (input.content === undefined) throw new SteleError("usage", "--content FILE is missing: what is there to show?");
  const { parseProved, parseContent } = await import("../../../rewards/credentials/proved.js");
  const { formatShown, showAward } = await import("../../../rewards/credentials/shown.js");
  const proof = parseProved(document, place);
  const content = parseContent(await readStrictly(input.content, context), proof, { file: input.content });
  return formatShown(showAward(proof, content, input.show));
}

/** JSON of a file, no member twice. */
export async function readStrictly(shown: string, context: Context): Promise<unknown> {
  const { parseJson } = await import("../../../records/json.js");
  return parseJson(await readText(context.path(shown), shown), { file: shown });
}
