import { consentSchema, type Consent } from "../../../chain/governance/consent.js";
import { SteleError } from "../../../common/errors.js";
import { readJson } from "../../../common/json.js";
import { readText } from "../../../common/node/files.js";
import { parseWith } from "../../../common/schema.js";
import type { Context } from "../../context.js";
import { bytes32, positional, text, value } from "../../fields.js";

export const subjectField = positional(bytes32, "SUBJECT", "the subject's id, 32 bytes");

export const consentField = value(text, "FILE", "consent of the account, made by `stele subject consent --json`");

/** Reads a consent and holds it against the subject it is used for. */
export async function readConsent(context: Context, file: string, subject: string, held = false): Promise<Consent> {
  const content = readJson(await readText(context.path(file), file), { file });
  const consent = parseWith(consentSchema, content, { file });
  if (consent.subject !== subject.toLowerCase()) {
    throw new SteleError("input", `is for ${consent.subject}, not for ${subject}`, {
      place: { file, field: "subject" },
    });
  }
  if (consent.held !== held) {
    const sentence = held ? "does not allow that the member keeps the key" : "is for a held key only";
    throw new SteleError("input", sentence, { place: { file, field: "held" } });
  }
  return consent;
}
