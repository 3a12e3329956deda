import type { JsonValue } from "../../../records/canonical.js";

/** One line of a record's content: what it is, and what it says. */
export interface ContentLine {
  readonly label: string;
  readonly text: string;
  /** JSON Pointer of it, for showing it alone. */
  readonly pointer: string;
}

/**
 * The content of a payload as lines, in its order. Scores stand in one line a criterion; anything else is one line a field,
 * named by the way to it.
 */
export function contentLines(payload: Readonly<Record<string, JsonValue>>): readonly ContentLine[] {
  return Object.entries(payload).flatMap(([name, value]) =>
    linesOf(value, [label(name, true)], `/${escapePointer(name)}`),
  );
}

function linesOf(value: JsonValue, labels: readonly string[], pointer: string): readonly ContentLine[] {
  if (typeof value !== "object" || value === null) return [{ label: labels.join(", "), text: textOf(value), pointer }];
  const scored = scoreLine(value, pointer);
  if (scored !== undefined) return [scored];
  const parts: readonly (readonly [string, JsonValue])[] = Array.isArray(value)
    ? (value as readonly JsonValue[]).map((item, i) => [String(i), item] as const)
    : Object.entries(value);
  if (parts.length === 0) return [{ label: labels.join(", "), text: "none", pointer }];
  return parts.flatMap(([name, item]) => {
    const own = Array.isArray(value) ? String(Number(name) + 1) : label(name);
    return linesOf(item, [...labels, own], `${pointer}/${escapePointer(name)}`);
  });
}

/** What `scores` of our schemas hold. */
function scoreLine(value: object, pointer: string): ContentLine | undefined {
  const { criterion, score, of, comment } = value as Record<string, unknown>;
  if (typeof criterion !== "string" || typeof score !== "number" || typeof of !== "number") return undefined;
  const remark = typeof comment === "string" ? `: ${comment}` : "";
  return { label: criterion, text: `${score} of ${of}${remark}`, pointer };
}

function textOf(value: string | number | boolean | null): string {
  if (value === null) return "none";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** `fromDate` as words; what is no such name stays as it is. */
function label(name: string, first = false): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) return name;
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\buri\b/, "URI");
  return first ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
