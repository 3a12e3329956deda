import { join } from "node:path";

import { z } from "zod";

import { fromHex, toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { readJson } from "../../common/json.js";
import { readText, writeAtomically } from "../../common/node/files.js";
import { hash32, hexText, parseWith, wholeNumber } from "../../common/schema.js";
import { parseAlertsRead, writeAlertsRead, type AlertsRead } from "./alerts.js";
import { eventLogSchema, type EventLog } from "./chain-events.js";
import { firstTree, treeSchema, type TreeState } from "./follow.js";
import type { Remembered } from "./heads.js";
import { firstState, recordsStateSchema, writeRecordsState, type RecordsState } from "./records-state.js";

/** What the monitor keeps of one log between two runs. */
export interface LogMemory {
  /** Entries that were read and checked. */
  readonly tree: TreeState;
  readonly records: RecordsState;
  readonly remembered: readonly Remembered[];
}

const statementSchema = z.strictObject({
  source: z.string(),
  as: z.enum(["served", "witnessed", "mirrored"]),
  note: z.string().optional(),
  size: wholeNumber,
  root: hash32.transform((text) => fromHex(text)),
  key: z.strictObject({ keyEpoch: z.int(), signature: hexText }).optional(),
  since: wholeNumber,
});

const memorySchema = z.strictObject({
  format: z.literal(1),
  /** What decided over the entries' checks; another value, and they are all checked anew. */
  rules: z.string(),
  tree: treeSchema,
  records: recordsStateSchema,
  remembered: z.array(statementSchema),
});

/**
 * What a monitor knows of former runs, in a folder. All but the statements it remembers can be thrown away: it is read
 * anew from logs and chain. The statements are evidence; a copy of them is in the alerts.
 */
export class MonitorState {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param rules what the entries are checked by; where it changed, they are read anew */
  async log(logId: Hex, rules: string): Promise<LogMemory> {
    const kept = await this.#read(join("logs", `${logId.slice(2)}.json`), memorySchema);
    if (kept === undefined) return { tree: firstTree, records: firstState, remembered: [] };
    const remembered = kept.remembered as readonly Remembered[];
    if (kept.rules !== rules) return { tree: firstTree, records: firstState, remembered };
    return { tree: kept.tree, records: kept.records, remembered };
  }

  async keepLog(logId: Hex, rules: string, { tree, records, remembered }: LogMemory): Promise<void> {
    const statements = remembered.map((one) => ({ ...one, root: toHex(one.root) }));
    const content = { format: 1, rules, tree, records: writeRecordsState(records), remembered: statements };
    await this.#write(join("logs", `${logId.slice(2)}.json`), content);
  }

  events(): Promise<EventLog | undefined> {
    return this.#read("events.json", eventLogSchema);
  }

  async keepEvents(events: EventLog): Promise<void> {
    await this.#write("events.json", events);
  }

  async alerts(): Promise<AlertsRead | undefined> {
    const kept = await this.#read("alerts.json", z.unknown());
    return kept === undefined ? undefined : parseAlertsRead(kept);
  }

  async keepAlerts(read: AlertsRead): Promise<void> {
    await this.#write("alerts.json", writeAlertsRead(read));
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const file = join(this.#folder, name);
    try {
      return parseWith(schema, readJson(await readText(file), { file }), { file });
    } catch (error) {
      if (!(error instanceof SteleError)) throw error;
      if (error.code === "missing") return undefined;
      throw new SteleError("corrupt", `cannot be read (${error.sentence}); move it away, and the monitor reads anew`, {
        place: { file },
        cause: error,
      });
    }
  }

  async #write(name: string, content: object): Promise<void> {
    const text = JSON.stringify(content, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
    await writeAtomically(join(this.#folder, name), `${text}\n`);
  }
}
