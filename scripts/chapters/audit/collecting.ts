import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { exportReader } from "../../../sdk/audit/intake/reader.js";
import { thousands } from "../../../sdk/cli/output.js";
import { SteleError, sentenceOf } from "../../../sdk/common/errors.js";
import type { Stage } from "../stage.js";
import type { ChapterOptions, Narrator } from "../types.js";
import { collectBooks, type Agency, type Outcome } from "./agency.js";
import { challengeHolder, mirror, register } from "./challenge.js";

const samples = (name: string) => fileURLToPath(new URL(`../../../samples/${name}`, import.meta.url));

export async function collected(
  stage: Stage,
  agencies: readonly [Agency, Agency],
  options: ChapterOptions,
  narrator: Narrator,
  outcomes: Outcome[],
): Promise<void> {
  narrator.step("Each agency collects its books: validated, encrypted, recorded, kept where they are");
  const folders = [options.data ?? samples("audit"), samples("audit-iso21378")] as const;
  for (const [i, agency] of agencies.entries()) {
    const { dataset } = await collectBooks(stage, agency, folders[i]!, options, narrator);
    const { datasetId, gas } = await register(stage, agency, dataset);
    const mirrored = await mirror(stage, agency, datasetId, options);
    const answered = await challengeHolder(stage, agency, dataset, datasetId, options.workspace);
    const name = stage.nameOf(agency.actor);
    narrator.say(
      `Registered with ${thousands(gas)} gas; the archive fetched ${thousands(mirrored.chunks)} chunks, verified them ` +
        `and signed (${thousands(mirrored.gas)} gas); a challenge drew chunk ${thousands(answered.chunk)}, answered from ` +
        `the ciphertext file (${thousands(answered.gas)} gas).`,
    );
    outcomes.push(
      [`${name}: books`, `collected, ${thousands(dataset.description.size)} bytes of ciphertext, one root on chain`],
      [`${name}: mirror and challenge`, `confirmed, answered with chunk ${thousands(answered.chunk)}`],
    );
  }
}

/** One digit of one amount is another one: the export does not balance any more. */
export async function refused(
  { recorder }: Agency,
  { workspace }: ChapterOptions,
  narrator: Narrator,
  outcomes: Outcome[],
): Promise<void> {
  narrator.step("An export with one wrong digit");
  const copy = join(workspace, "wrong-digit");
  await cp(samples("audit"), copy, { recursive: true });
  const file = join(copy, "vouchers-2025-05.csv");
  const lines = (await readFile(file, "utf8")).split("\n");
  const at = lines.findIndex((line) => /,[1-9]\d*\.\d\d,0\.00,/.test(line));
  lines[at] = lines[at]!.replace(
    /(\d)\.(\d\d),0\.00,/,
    (_, digit: string, rest: string) => `${(Number(digit) + 1) % 10}.${rest},0.00,`,
  );
  await writeFile(file, lines.join("\n"));
  const refusal = await recorder
    .collect(copy, { reader: exportReader("gb-t-24589") })
    .then(() => undefined, sentenceOf);
  if (refusal === undefined) throw new SteleError("unproven", "an export that does not balance was collected");
  narrator.say(`Refused: ${refusal}. The attempt is on record as failed.`);
  outcomes.push(["an export with one wrong digit", "refused by file, line and field; recorded as failed"]);
}
