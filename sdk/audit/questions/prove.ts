import { SteleError } from "../../common/errors.js";
import type { BookConfig } from "../../book/config.js";
import { proveEntry } from "../../book/prove.js";
import type { LogView } from "../../log/view.js";
import { show } from "../../records/disclosure.js";
import type { Presentation } from "../../records/presentation.js";
import type { OpenedRecord } from "../../records/record.js";
import type { EventLine } from "../line.js";

/** What proving needs of a log: `RecordSource` of stele/book is one. */
export interface ProvingSource {
  readonly config: BookConfig;
  readonly log: Pick<LogView, "origin" | "entry" | "inclusionProof" | "published">;
  openRecord(
    index: bigint,
  ): Promise<{ readonly record?: OpenedRecord | undefined; readonly missing?: string | undefined }>;
}

/** Fields that every event has; these and no others are shown. */
const always = ["/type", "/source", "/sequence", "/time", "/auditor", "/data/outcome"];

/**
 * Proves a line: the record's inclusion under the latest published checkpoint, and the fields that the line repeats.
 * @throws SteleError `missing` where the record was erased, or no checkpoint covers it yet
 */
export async function proveLine(line: EventLine, source: ProvingSource): Promise<Presentation> {
  if (source.config.logId.toLowerCase() !== line.logId) {
    throw new SteleError("usage", `the line is of the log ${line.logId}, not of ${source.config.logId}`);
  }
  const { record, missing } = await source.openRecord(line.index);
  if (record === undefined) {
    throw new SteleError(
      "missing",
      `record ${line.index} of ${source.config.name} cannot be shown: ${missing ?? "erased"}`,
    );
  }
  const optional = ["/engagement", "/subject"].filter((pointer) => record.payload[pointer.slice(1)] !== undefined);
  return {
    format: "stele-record/1",
    proof: await proveEntry(source.log, source.config, line.index),
    disclosure: show(record.complete, record.secret, [...always, ...optional]),
  };
}
