import { SteleError, type Place } from "../../common/errors.js";
import { formats, type ExportFormat, type Format } from "./formats.js";
import { Ledger } from "./ledger.js";
import { Problems } from "./problems.js";
import { checkEncoding, openSource, type ExportFile, type Source } from "./source.js";
import { tableOf, type Header, type Row, type Table } from "./table.js";

/** What a validated export holds. */
export interface ExportSummary {
  readonly format: ExportFormat;
  readonly files: readonly FileSummary[];
  /** Rows of all tables that were looked at. */
  readonly rows: number;
  readonly accounts: number;
  /** Vouchers or journal entries, and how many of them are marked as cancelled. */
  readonly vouchers: number;
  readonly cancelled: number;
  readonly postings: number;
  /** First and last day of a posting, as 2025-01-31. */
  readonly from: string;
  readonly to: string;
  /** Sums without cancelled vouchers, in units of 10^-decimals of the books' currency. */
  readonly debit: bigint;
  readonly credit: bigint;
  readonly decimals: number;
  /** What an auditor should know and what is no reason to refuse, one sentence each. */
  readonly remarks: readonly string[];
}

/** One file that was read to its end. */
export interface FileSummary {
  readonly name: string;
  readonly tables: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256, hex without 0x. */
  readonly sha256: string;
}

/** What a long validation is told and tells. */
export interface ExportWork {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** Remarks that are kept. */
const REMARKS = 20;

/**
 * Checks an export as it is collected, in one pass: fields, types and code lists, accounts and periods, and in every
 * voucher that debits equal credits. Files are read in the order given; tables that others refer to come first.
 * @throws ExportError (a SteleError `input`) with every problem, each with file, line and field
 */
export async function validateExport(
  format: ExportFormat,
  files: AsyncIterable<ExportFile> | Iterable<ExportFile>,
  work: ExportWork = {},
): Promise<ExportSummary> {
  const validation = new Validation(formats[format], work);
  for await (const file of files) await validation.file(file);
  return validation.finish();
}

class Validation {
  readonly #problems = new Problems();
  readonly #ledger: Ledger;
  readonly #files: FileSummary[] = [];
  readonly #remarks = new Set<string>();
  readonly #seen = new Set<string>();
  /** Whether a file could not be read to its end, so that what it holds is not known. */
  #broken = false;
  #rows = 0;
  #bytes = 0;

  constructor(
    private readonly format: Format,
    private readonly work: ExportWork,
  ) {
    this.#ledger = new Ledger(format.names, format.decimals, format.calendar, this.#problems);
  }

  async file(file: ExportFile): Promise<void> {
    this.work.signal?.throwIfAborted();
    const source = await openSource(file, (bytes) => this.work.progress?.((this.#bytes += bytes)));
    try {
      const rows = await this.#read(source);
      if (rows === undefined) return;
      const { tables, count } = await this.#check(source.name, rows);
      this.#files.push({ name: file.name, tables: [...tables], rows: count, ...source.digest() });
    } catch (error) {
      if (!(error instanceof SteleError) || error.code !== "input") throw error;
      this.#problems.add({ file: file.name, ...error.place }, error.sentence);
      this.#broken = true;
      this.#ledger.skip();
    } finally {
      await source.close();
    }
  }

  finish(): ExportSummary {
    const { names, tables, name, decimals } = this.format;
    for (const remark of this.#ledger.finish(!this.#broken)) this.#remark(remark);
    for (const needed of [names.chart, tables[0]?.name ?? ""]) {
      if (!this.#seen.has(needed) && !this.#broken)
        this.#problems.add({}, `the export has no table ${needed}, which ${name} needs`);
    }
    this.#problems.throwIfAny();
    const { from, to, ...totals } = this.#ledger.totals;
    const day = (text: string) => text.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
    return {
      format: name,
      files: this.#files,
      rows: this.#rows,
      accounts: this.#ledger.accounts,
      ...totals,
      from: day(from),
      to: day(to),
      decimals,
      remarks: [...this.#remarks],
    };
  }

  /** The rows of a file; undefined where it is none of the export's. */
  async #read(source: Source): Promise<AsyncIterable<Row> | undefined> {
    const { format } = this;
    const [path, ending = ""] = [source.name, /\.[^./]*$/.exec(source.name)?.[0].toLowerCase()];
    if (ending === ".xml" && format.roots.size > 0) {
      const { readXml, rootOf } = await import("./xml.js");
      const root = rootOf(source.head) ?? "";
      if (format.passedOver.test(root)) return this.#passOver(path, `${root} is another module`);
      if (!format.roots.has(root))
        throw new SteleError("input", `has another root than ${[...format.roots].join(" or ")}`);
      return readXml(source.bytes, path, format.roots);
    }
    if (![".csv", ".txt", ".psv"].includes(ending)) return this.#passOver(path, `its name does not end in .csv`);
    checkEncoding(source);
    const { readCsv } = await import("./csv.js");
    return readCsv(source.bytes, path, format.delimiters);
  }

  async #check(file: string, rows: AsyncIterable<Row>): Promise<{ tables: Set<string>; count: number }> {
    const tables = new Set<string>();
    let [header, table, count]: [Header | undefined, Table | undefined, number] = [undefined, undefined, 0];
    for await (const row of rows) {
      if ((count & 1023) === 0) this.work.signal?.throwIfAborted();
      if (row.header !== header || (row.element !== undefined && row.element !== table?.name)) {
        header = row.header;
        table = this.#table(file, row);
        if (table !== undefined) tables.add(table.name);
      }
      if (table === undefined || row.heading === true) continue;
      count++;
      this.#row(table, row, { file, line: row.line });
    }
    this.#rows += count;
    return { tables, count };
  }

  /** The table of rows with a header, once a header; says what the header lacks. */
  #table(file: string, row: Row): Table | undefined {
    const { tables, name, passedOver } = this.format;
    const { names } = row.header;
    const found = row.element === undefined ? tableOf(tables, names) : tables.find((one) => one.name === row.element);
    if (found === undefined) {
      if (row.element !== undefined) this.#remark(`${file}: the table ${row.element} is not checked`);
      else if (passedOver.test(file.slice(file.lastIndexOf("/") + 1)))
        this.#remark(`${file}: this table is not checked`);
      else this.#problems.add({ file, line: 1 }, `has a header that is of no table of ${name} known here`);
      return undefined;
    }
    this.#seen.add(found.name);
    for (const field of found.mandatory.filter((one) => row.header.indexOf(one) === undefined)) {
      const line = row.element === undefined ? 1 : row.line;
      this.#problems.add({ file, line, field }, `is missing; the table ${found.name} must have it`);
    }
    const unknown = names.filter((one) => found.field(one) === undefined);
    if (unknown.length > 0) this.#remark(`${file}: fields not known here and not checked: ${unknown.join(", ")}`);
    return found;
  }

  #row(table: Table, row: Row, place: Place): void {
    const { header, cells } = row;
    if (cells.length !== header.names.length) {
      const sentence = `has ${cells.length} cells where the header row has ${header.names.length}`;
      this.#problems.add(place, sentence);
      this.#ledger.skip();
      return;
    }
    const before = this.#problems.count;
    header.names.forEach((name, index) => {
      const field = table.field(name);
      const cell = cells[index] ?? "";
      const wrong = cell !== "" ? field?.kind(cell) : field?.filled === true ? "is empty" : undefined;
      if (wrong !== undefined) this.#problems.add({ ...place, field: name }, wrong);
    });
    const complete = table.mandatory.every((name) => header.indexOf(name) !== undefined);
    if (!complete || this.#problems.count > before) return this.#ledger.skip();
    table.enter({ place, get: (name) => cells[header.indexOf(name) ?? -1] ?? "" }, this.#ledger);
  }

  #passOver(file: string, why: string): undefined {
    this.#remark(`${file} is not checked: ${why}`);
  }

  #remark(remark: string): void {
    if (this.#remarks.size < REMARKS) this.#remarks.add(remark);
    else if (this.#remarks.size === REMARKS) this.#remarks.add("there are more remarks, which are not listed");
  }
}
