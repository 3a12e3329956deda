import { readFile } from "node:fs/promises";

import { consentSchema, type Consent } from "../../../chain/governance/consent.js";
import { SteleError, sentenceOf } from "../../../common/errors.js";
import { parseWith } from "../../../common/schema.js";
import type { Context } from "../../context.js";
import { bytes32, positional, text, value } from "../../fields.js";

export const subjectField = positional(bytes32, "SUBJECT", "the subject's id, 32 bytes");

export const consentField = value(text, "FILE", "consent of the account, made by `stele subject consent --json`");

/** Reads a consent and holds it against the subject it is used for. */
export async function readConsent(context: Context, file: string, subject: string, held = false): Promise<Consent> {
  const path = context.path(file);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new SteleError("input", `cannot be read as JSON: ${sentenceOf(cause)}`, { place: { file }, cause });
  }
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
