import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SteleError } from "../../../../sdk/common/errors.js";
import { code, text } from "../../../../sdk/common/kinds.js";
import { refusal } from "../../../support/refusal.js";
import type { TableSpec } from "../../../../sdk/rewards/table/spec.js";

export interface Line {
  readonly staff: string;
  readonly name: string;
  readonly points: number;
}

/** A table with aliases, an optional column, a kind, a rule of its own and a key. */
export const spec: TableSpec<Line> = {
  columns: [
    { name: "staff", aliases: ["工号", "staff number"], kind: code(16) },
    { name: "name", aliases: ["姓名"], optional: true, kind: text(64) },
    { name: "points", aliases: ["积分"] },
  ],
  parse({ staff = "", name = "", points = "" }) {
    const value = Number(points);
    if (!Number.isInteger(value) || value < 0 || value > 100) {
      throw new SteleError("input", "is not a whole number from 0 to 100", { place: { field: "points" } });
    }
    return { staff, name, points: value };
  },
  key: ({ staff }) => staff,
  keyColumn: "staff",
};

const folder = mkdtempSync(join(tmpdir(), "stele-table-"));
let files = 0;

/** A file of its own with this content. */
export function fileOf(content: string | Uint8Array, name = `table${++files}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** 张三,90 and 李四,80 in GB18030. */
export const gbNames = { zhang: Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]), li: Buffer.from([0xc0, 0xee, 0xcb, 0xc4]) };

/** The suite's error that a promise rejects with. */
export async function refused(promise: Promise<unknown>): Promise<SteleError> {
  const error = await refusal(promise);
  if (error instanceof SteleError) return error;
  throw error;
}
