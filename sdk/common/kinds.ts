/** Looks at a cell that is not empty; gives a sentence where it is wrong. */
export type Kind = (text: string) => string | undefined;

// oxlint-disable-next-line no-control-regex -- that is what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Words for people, at most `max` characters. */
export function text(max: number): Kind {
  return (cell) => {
    if (control.test(cell)) return "has a control character";
    return tooLong(cell, max);
  };
}

/** A number, code or name that other tables may refer to: no blanks around it, no line break in it. */
export function code(max: number): Kind {
  return (cell) => {
    if (control.test(cell) || /[\t\r\n]/.test(cell)) return "has a control character";
    if (cell.trim() !== cell) return "has a blank before or after it";
    return tooLong(cell, max);
  };
}

/** One of a list. */
export function oneOf(...items: readonly string[]): Kind {
  return (cell) => (items.includes(cell) ? undefined : `is not one of ${items.join(", ")}`);
}

/** A date that exists, as 20250131 or as 2025-01-31. */
export function date(form: "basic" | "extended"): Kind {
  const shape = form === "basic" ? /^\d{8}$/ : /^\d{4}-\d{2}-\d{2}$/;
  const example = form === "basic" ? "20250131" : "2025-01-31";
  return (cell) => {
    if (!shape.test(cell)) return `is not a date in the form ${example}`;
    return isDay(cell.replaceAll("-", "")) ? undefined : "is a date that does not exist";
  };
}

/** Whether yyyymmdd is a day of the calendar. */
function isDay(day: string): boolean {
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(4, 6)), Number(day.slice(6))];
  return year >= 1900 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month);
}

/** Days of a month, 1 to 12. */
export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A year of four digits. */
export const year: Kind = (cell) => (/^(19|20|21)\d{2}$/.test(cell) ? undefined : "is not a year of four digits");

/** A whole number of at least 0. */
export function whole(digits: number): Kind {
  const shape = new RegExp(`^\\d{1,${digits}}$`);
  return (cell) => (shape.test(cell) ? undefined : `is not a whole number of at most ${digits} digits`);
}

/** A number of a sequence that counts from 1. */
export const ordinal: Kind = (cell) => (/^0*[1-9]\d{0,8}$/.test(cell) ? undefined : "is not a number from 1");

/** A decimal number with at most `decimals` decimals; a minus sign marks a reversal. */
export function decimal(decimals: number, max = 20): Kind {
  const shape = new RegExp(`^-?\\d+(\\.\\d{1,${decimals}})?$`);
  return (cell) => {
    if (!shape.test(cell)) return `is not a decimal number with at most ${decimals} decimals, like -1234.50`;
    return tooLong(cell, max);
  };
}

/** Hours and minutes, with or without seconds. */
export const time: Kind = (cell) =>
  /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(cell) ? undefined : "is not a time in the form 23:59 or 23:59:59";

/** A decimal number as a whole number of its smallest unit. The cell was looked at by {@link decimal}. */
export function units(cell: string, decimals: number): bigint {
  const [integer = "0", fraction = ""] = cell.split(".");
  return BigInt(integer + fraction.padEnd(decimals, "0"));
}

/** The other way round, for people. */
export function formatUnits(amount: bigint, decimals: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

let currencies: ReadonlySet<string> | undefined;

/** Whether a code is one of ISO 4217, of today or of the past. */
export function isCurrency(cell: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf("currency"));
  return currencies.has(cell);
}

function tooLong(cell: string, max: number): string | undefined {
  if (cell.length <= max || [...cell].length <= max) return undefined;
  return `is longer than ${max} characters`;
}
