import Table from "cli-table3";

/** Where text goes: a stream of the process, or a buffer in a test. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** JSON of any value the SDK returns: bigints as decimal strings, bytes as hex. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item: unknown) => {
      if (typeof item === "bigint") return item.toString();
      if (item instanceof Uint8Array) return `0x${Buffer.from(item).toString("hex")}`;
      return item;
    },
    2,
  );
}

/** A table for people. Rows hold text; the first column is a name, columns of numbers align right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-+]?[\d.,]*$/.test(row[column] ?? "")),
  );
  const drawn = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: numeric.map((right) => (right ? "right" : "left")),
  });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
}

/** A whole number with its thousands apart: 1,234,567. */
export function thousands(number: number | bigint): string {
  return number.toLocaleString("en-US");
}
