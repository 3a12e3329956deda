import type { ExportFacts, ExportReader } from "../recorder/collect.js";
import type { ExportFormat } from "./formats.js";
import { formatUnits } from "../../common/kinds.js";
import { validateExport, type ExportSummary } from "./validate.js";

/** The reader that the recorder asks before it collects an export of a format. */
export function exportReader(format: ExportFormat): ExportReader {
  return {
    format,
    async validate(files, work) {
      const sources = files.map((file) => ({ name: file.path, content: file.read(work.signal) }));
      return factsOf(await validateExport(format, sources, work));
    },
  };
}

/** What of a summary the record tells: counts, sums and days, nothing that a cell says. */
export function factsOf(summary: ExportSummary): ExportFacts {
  const { rows, accounts, vouchers, cancelled, postings, from, to, debit, credit, decimals, remarks } = summary;
  const sums = { debit: formatUnits(debit, decimals), credit: formatUnits(credit, decimals) };
  return { rows, accounts, vouchers, cancelled, postings, from, to, ...sums, remarks: remarks.length };
}
