import { open } from "node:fs/promises";

import { csvText } from "../../common/node/csv.js";
import { unwritten } from "../../common/node/folders.js";
import type { Roster } from "../roster/roster.js";

const columns = ["staffNumber", "name", "unit", "account", "subject", "held", "enrolled"] as const;

/**
 * Writes a roster as CSV for a spreadsheet: UTF-8 with its mark, formulas escaped, for the owner alone. Keys and openings
 * stay where they are.
 * @param shown what messages call the file
 * @returns people
 * @throws SteleError `storage` where it cannot be written
 */
export async function writeRoster(roster: Roster, file: string, shown = file): Promise<number> {
  let count = 0;
  async function* rows(): AsyncGenerator<readonly string[]> {
    for await (const { staffNumber, name = "", unit, account, subject, held, pending } of roster.people()) {
      count++;
      yield [staffNumber, name, unit, account, subject, held ? "yes" : "no", pending === true ? "no" : "yes"];
    }
  }
  const handle = await open(file, "w", 0o600).catch((cause: unknown) => {
    throw unwritten(shown, cause);
  });
  try {
    await handle.chmod(0o600); // also of a file that was there before
    for await (const piece of csvText(columns, rows(), { bom: true })) await handle.write(piece);
    await handle.sync();
  } catch (cause) {
    throw unwritten(shown, cause);
  } finally {
    await handle.close();
  }
  return count;
}
