import * as gbt24589 from "./gbt24589.js";
import * as iso21378 from "./iso21378.js";
import type { Days, Names } from "./ledger.js";
import type { Table } from "./table.js";

/** Exports that are understood. */
export const exportFormats = ["gb-t-24589", "iso-21378"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What sets one format apart from the other. */
export interface Format {
  readonly name: ExportFormat;
  /** Decimals of an amount. */
  readonly decimals: number;
  readonly names: Names;
  readonly tables: readonly Table[];
  readonly calendar: (period: string) => Days | string;
  /** What may delimit the cells of a row. */
  readonly delimiters: readonly [string, ...string[]];
  /** Names of files or of roots that the standard knows and that are not looked into here. */
  readonly passedOver: RegExp;
  /** Roots of the XML form; none where the standard has none. */
  readonly roots: ReadonlySet<string>;
}

export const formats: Readonly<Record<ExportFormat, Format>> = {
  "gb-t-24589": {
    ...gbt24589,
    name: "gb-t-24589",
    delimiters: [","],
    passedOver: /^(应收应付|固定资产|员工薪酬|职工薪酬)/,
    roots: new Set(["总账", "公共档案"]),
  },
  "iso-21378": {
    ...iso21378,
    name: "iso-21378",
    delimiters: [",", "|", "\t"],
    passedOver: /^(BAS|GL|AR|SAL|AP|PUR|INV|PPE)_/i,
    roots: new Set(),
  },
};
