/** `stele/book`: records in a log, in one folder. */
export * from "./book.js";
export * from "./config.js";
export type { Imported, ImportOptions, ImportProgress } from "./import.js";
export * from "./prove.js";
export { openBookReader } from "./reader.js";
export { openRemoteBook, type RemoteBookOptions } from "./remote.js";
export { serveBook, type ServedBook } from "./serve.js";
export type { Reader, ReadRecord, RecordSource } from "./source.js";
export type { AppendedRecord, NewRecord, RecordPlace } from "./writer.js";
export { readCsv } from "../records/intake/csv.js";
export { type Draft, parseDraft, RECORD_LIMIT } from "../records/intake/draft.js";
export { readFolder } from "../records/intake/folder.js";
export { readNdjson } from "../records/intake/ndjson.js";
