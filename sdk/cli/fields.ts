import { isAddress } from "ethers";
import { z } from "zod";

import { fromHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";

/** One argument or option of a command, with the schema that turns its text into a value. */
export interface Field<T> {
  readonly form: "positional" | "value" | "list" | "flag";
  /** What stands for the value in help, in capitals. */
  readonly placeholder: string;
  /** One line of help. */
  readonly help: string;
  readonly optional: boolean;
  /** Reads the text (`string`, `string[]` or `boolean`; `undefined` where it was not given). */
  readonly schema: z.ZodType<T>;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The typed input that a command's fields give. */
export type InputOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** An argument by position, in the order of definition. */
export function positional<T>(schema: z.ZodType<T>, placeholder: string, help: string): Field<T> {
  return { form: "positional", placeholder, help, optional: schema.safeParse(undefined).success, schema };
}

/** An option with a value: `--name VALUE`. */
export function value<T>(schema: z.ZodType<T>, placeholder: string, help: string): Field<T> {
  return { form: "value", placeholder, help, optional: schema.safeParse(undefined).success, schema };
}

/** An option that may be given several times. */
export function list<T>(item: z.ZodType<T>, placeholder: string, help: string): Field<T[]> {
  return { form: "list", placeholder, help, optional: true, schema: z.array(item).default([]) };
}

/** An option without a value. */
export function flag(help: string): Field<boolean> {
  return { form: "flag", placeholder: "", help, optional: true, schema: z.boolean().default(false) };
}

/** Text of at least one character. */
export const text = z.string({ error: "is missing" }).min(1, "must not be empty");

/** A whole number of at least 0, in decimal digits. */
export const count = text.regex(/^\d{1,19}$/, "is not a whole number").transform((digits) => BigInt(digits));

/** A whole number that fits what JavaScript counts exactly. */
export const number = text.regex(/^\d{1,15}$/, "is not a whole number").transform((digits) => Number(digits));

/** A length of time: a number of seconds, or with s, m, h or d behind it. Value in seconds. */
export const duration = text
  .regex(/^\d{1,9}[smhd]?$/, "is not a duration like 30s, 15m, 2h or 7d")
  .transform((text) => {
    const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[text.at(-1) ?? ""];
    return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
  });

/** 32 bytes as hex. */
export const bytes32 = text.transform((text, issue): Hex => {
  try {
    fromHex(text, 32);
    return text.toLowerCase() as Hex;
  } catch (error) {
    issue.addIssue(error instanceof SteleError ? `is ${error.message}` : String(error));
    return z.NEVER;
  }
});

/** An account's or contract's address, with its EIP-55 checksum if it has capitals. */
export const address = text
  .regex(/^0x[0-9a-fA-F]{40}$/, "is not an address")
  .refine((text) => isAddress(text), "has a wrong checksum: a character is mistyped")
  .transform((text) => text as Hex);

/** `--some-name` of `someName`. */
export function optionName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How a field is called in messages. */
export function fieldLabel(key: string, field: Field<unknown>): string {
  return field.form === "positional" ? field.placeholder : optionName(key);
}

/**
 * Turns raw texts into the typed input of a command.
 * @throws SteleError `usage`, naming the argument
 */
export function parseInput<F extends Fields>(fields: F, raw: Readonly<Record<string, unknown>>): InputOf<F> {
  const input: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const parsed = field.schema.safeParse(raw[key]);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const given = typeof raw[key] === "string" ? ` "${raw[key]}"` : "";
      throw new SteleError("usage", `${fieldLabel(key, field)}${given} ${issue?.message ?? "is not valid"}`);
    }
    input[key] = parsed.data;
  }
  return input as InputOf<F>;
}
