import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";

import { z } from "zod";

import { SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { readText, writeAtomically } from "../../common/node/files.js";
import { hash32, parseWith } from "../../common/schema.js";
import { writeCanonical } from "../../records/canonical.js";
import { fewest, type Guard, type People } from "./unit-table.js";

const tag = z.string().regex(/^[0-9a-f]{32}$/);
const schema = z.strictObject({
  format: z.literal(1),
  secret: hash32,
  /** By unit and period: each table that was shown, as person → what they added to it. */
  shown: z.record(z.string(), z.array(z.record(tag, tag))),
});

/** Tables of one period that are remembered: more differ by five people each, and a unit is a few hundred. */
const mostTables = 64;

/**
 * What tables of a book's feedback were shown before. Two tables of one period that differ by fewer than five people
 * tell these people's figures, so the second is not shown. Kept in the book's folder, by keyed digests: the file names
 * nobody and tells no figure without the key in it, and is readable by the owner alone.
 */
export class ShownTables {
  readonly #file: string;
  readonly #content: z.output<typeof schema>;
  #changed = false;

  private constructor(file: string, content: z.output<typeof schema>) {
    this.#file = file;
    this.#content = content;
  }

  /** @param folder of the book */
  static async open(folder: string): Promise<ShownTables> {
    const file = join(folder, "feedback", "shown.json");
    const text = await readText(file).catch((error: unknown) => {
      if (error instanceof SteleError && error.code === "missing") return undefined;
      throw error;
    });
    if (text !== undefined) return new ShownTables(file, parseWith(schema, readJson(text, { file }), { file }));
    return new ShownTables(file, { format: 1, secret: `0x${randomBytes(32).toString("hex")}`, shown: {} });
  }

  /** Lets a table pass that is new, the same as one before, or differs from each by five people or more. */
  readonly guard: Guard = (unit, period, people) => {
    const key = this.#digest(JSON.stringify([unit, period]));
    const before = (this.#content.shown[key] ??= []);
    const now = this.#tagsOf(people);
    const changes = before.map((table) => peopleThatDiffer(table, now));
    if (changes.includes(0)) return true;
    if (changes.some((count) => count < fewest) || before.length >= mostTables) return false;
    before.push(now);
    this.#changed = true;
    return true;
  };

  /** Remembers what was let pass; before it is shown. */
  async keep(): Promise<void> {
    if (this.#changed) await writeAtomically(this.#file, `${JSON.stringify(this.#content)}\n`, 0o600);
    this.#changed = false;
  }

  #tagsOf(people: People): Record<string, string> {
    const tags = [...people].map(([subject, { scores }]): [string, string] => {
      return [this.#digest(subject), this.#digest(`${subject} ${writeCanonical(scores)}`)];
    });
    return Object.fromEntries(tags);
  }

  #digest(text: string): string {
    return createHmac("sha256", Buffer.from(this.#content.secret.slice(2), "hex"))
      .update(text)
      .digest("hex")
      .slice(0, 32);
  }
}

/** People whose figures are in one of two tables only, or are others there. */
function peopleThatDiffer(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): number {
  const people = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...people].filter((person) => a[person] !== b[person]).length;
}
