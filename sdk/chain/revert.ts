import { toUtf8String, type ParamType, type Result } from "ethers";

import { toHex, type Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { advice } from "./advice.js";
import { formatCapabilities } from "./capabilities.js";

/** What a contract said when it refused. */
export interface Revert {
  /** The error's own name, for instance `LogRegistryStaleHead`; empty where the contract gave no reason. */
  readonly name: string;
  /** Arguments by name (by position where unnamed). */
  readonly args: Readonly<Record<string, unknown>>;
  /** The bytes as they came. */
  readonly data: Hex;
}

/** A contract's refusal: a {@link SteleError} `refused` that programs can take apart. */
export class RevertError extends SteleError {
  readonly revert: Revert;
  constructor(sentence: string, revert: Revert, cause?: unknown) {
    super("refused", sentence, { cause });
    this.revert = revert;
  }
}

/** Whether an error is a contract's refusal with this error of its own. */
export function isRevert(error: unknown, name: string): error is RevertError {
  return error instanceof RevertError && error.revert.name === name;
}

/** For a refusal without bytes. */
export const noReason: Revert = { name: "", args: {}, data: "0x" };

/** A refusal in words. */
export function reason({ name, args }: Pick<Revert, "name" | "args">): string {
  if (name === "Error") return String(Object.values(args)[0]);
  if (name === "Panic") {
    const code = Object.values(args)[0] as bigint;
    return `${panics[Number(code)] ?? "internal fault"} (Panic 0x${code.toString(16)})`;
  }
  const listed = Object.entries(args).map(([argument, value]) => `${argument} ${showArgument(argument, value)}`);
  const said = listed.length === 0 ? name : `${name} (${listed.join(", ")})`;
  const next = advice[name];
  return next === undefined ? said : `${said}; ${next}`;
}

/** Codes of Solidity's own checks. */
const panics: Readonly<Record<number, string>> = {
  0x01: "an assertion failed",
  0x11: "a number left its range",
  0x12: "a division by zero",
  0x21: "a value outside its enumeration",
  0x32: "an index outside its array",
  0x41: "too much memory",
};

/** Arguments by name, or by position where unnamed. */
export function namedArguments(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  inputs.forEach((input, position) => {
    named[input.name === "" ? String(position) : input.name] = values[position] as unknown;
  });
  return named;
}

function showArgument(argument: string, value: unknown): string {
  return argument === "capability" && typeof value === "bigint" ? formatCapabilities(value) : show(value);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (value instanceof Uint8Array) return shorten(toHex(value));
  if (typeof value !== "string") return String(value);
  return /^0x[0-9a-f]{64,}$/.test(value) ? readable(value) : value.startsWith("0x") ? value : `"${value}"`;
}

/** A bytes32 that is plain text shows as text. */
function readable(hex: string): string {
  try {
    const text = toUtf8String(hex.replace(/(00)+$/, ""));
    if (/^[\x20-\x7e]{3,}$/.test(text)) return `"${text}"`;
  } catch {
    // not text
  }
  return shorten(hex);
}

/** Long bytes, shortened. */
export function shorten(hex: string): string {
  return hex.length <= 66 ? hex : `${hex.slice(0, 66)}… (${(hex.length - 2) / 2} bytes)`;
}
