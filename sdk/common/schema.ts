import { z } from "zod";

import type { Hex } from "./bytes.js";
import { SteleError, type Place } from "./errors.js";

/** `0x` and an even number of hex digits, read as lower case. */
export const hexText = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "is not hex with a leading 0x")
  .transform((text) => text.toLowerCase() as Hex);

/** 32 bytes as hex. */
export const hash32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "is not 32 bytes of hex with a leading 0x")
  .transform((text) => text.toLowerCase() as Hex);

/** An account's or contract's address. Its capitals are not checked: outside files of ours they say nothing. */
export const addressText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "is not an address")
  .transform((text) => text as Hex);

/** A whole number of at least 0, written in decimal digits or as a JSON number that is exact. */
export const wholeNumber = z.union(
  [
    z
      .string()
      .regex(/^\d{1,78}$/)
      .transform((digits) => BigInt(digits)),
    z
      .int()
      .nonnegative()
      .transform((number) => BigInt(number)),
    z.bigint().nonnegative(),
  ],
  { error: "is not a whole number of at least 0" },
);

/**
 * Turns outside input into a typed value.
 * @throws SteleError `input`, naming the place and the first field that is wrong
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, place: Place = {}): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join(".");
  const field = path === "" ? {} : { field: path };
  throw new SteleError("input", sentence(issue), { place: { ...place, ...field } });
}

function sentence(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "is not valid";
  if (issue.code === "unrecognized_keys") return `has an unknown field "${issue.keys.join('", "')}"`;
  if (issue.code === "invalid_type" && issue.input === undefined) return `is missing (${issue.expected} expected)`;
  return issue.message;
}
