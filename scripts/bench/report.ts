import Table from "cli-table3";

import type { Row } from "./types.js";

/** Whether a figure meets its target; null where there is none. */
export function meets(row: Row): boolean | null {
  if (row.target === null) return null;
  return row.better === "less" ? row.value <= row.target : row.value >= row.target;
}

/** A number as a person reads it: whole above 100, three digits below. */
export function readable(value: number | null): string {
  if (value === null) return "";
  const digits = Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return value.toLocaleString("en-US", digits);
}

const head = ["figure", "measured", "unit", "target", "", "floor", "peer"];

function cells(row: Row): string[] {
  const verdict = meets(row);
  return [
    row.name,
    readable(row.value),
    row.unit,
    row.target === null ? "" : `${row.better === "less" ? "<=" : ">="} ${readable(row.target)}`,
    verdict === null ? "" : verdict ? "met" : "MISSED",
    readable(row.floor),
    row.peer === null ? "" : `${readable(row.peer)} (${row.peerName})`,
  ];
}

/** The table for a terminal. */
export function terminalTable(rows: readonly Row[]): string {
  const colAligns = ["left", "right", "left", "right", "left", "right", "left"] as const;
  const table = new Table({ head, colAligns: [...colAligns], style: { head: [], border: [], compact: true } });
  table.push(...rows.map(cells));
  return table.toString();
}

/** The table for docs/benchmarks.md. */
export function markdownTable(rows: readonly Row[]): string {
  const line = (columns: readonly string[]) => `| ${columns.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), "| :-- | --: | :-- | --: | :-- | --: | :-- |", ...rows.map((row) => line(cells(row)))].join("\n");
}
