import { ErrorFragment, Interface, toUtf8String, type ErrorDescription, type ParamType, type Result } from "ethers";

import { toHex, type Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import { factories } from "../../typechain-types/index.js";
import { RpcError } from "./transport.js";

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

/**
 * Turns a failed call's error into the suite's own: which contract's error, with its named arguments. An error that is
 * no contract's refusal comes back as it is (a `SteleError`), or as `network` where a node said no for another reason.
 * @param doing what was attempted, for the sentence: "log advance"
 */
export function decodeRevert(error: unknown, doing = "the call"): SteleError {
  if (error instanceof SteleError) return error;
  const data = revertData(error);
  if (data !== undefined) return describe(data, doing, error);
  const said = nodeSentence(error);
  if (/revert/i.test(said)) {
    return new RevertError(`the chain refused ${doing} and its node gave no reason (${said})`, noReason, error);
  }
  return new SteleError("network", `the node did not carry out ${doing}: ${said}`, { cause: error });
}

/** The refusal in these bytes, as they come from a reverted call. */
export function describeRevert(data: Hex, doing = "the call"): RevertError {
  return describe(data, doing, undefined);
}

const noReason: Revert = { name: "", args: {}, data: "0x" };

function describe(data: Hex, doing: string, cause: unknown): RevertError {
  if (data === "0x") return new RevertError(`the chain refused ${doing} without a reason`, noReason, cause);
  const parsed = parse(data);
  if (parsed === null) {
    const sentence = `the chain refused ${doing} with bytes that no contract of the suite uses: ${shorten(data)}`;
    return new RevertError(sentence, { name: "", args: {}, data }, cause);
  }
  const args = namedArguments(parsed.fragment.inputs, parsed.args);
  const revert = { name: parsed.name, args, data };
  return new RevertError(`the chain refused ${doing}: ${reason(parsed, args)}`, revert, cause);
}

function reason(parsed: ErrorDescription, args: Record<string, unknown>): string {
  if (parsed.name === "Error") return String(Object.values(args)[0]);
  if (parsed.name === "Panic") {
    const code = Object.values(args)[0] as bigint;
    return `${panics[Number(code)] ?? "internal fault"} (Panic 0x${code.toString(16)})`;
  }
  const listed = Object.entries(args).map(([name, value]) => `${name} ${show(value)}`);
  return listed.length === 0 ? parsed.name : `${parsed.name} (${listed.join(", ")})`;
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

let everyError: Interface | undefined;

/** One interface of all errors of all contracts; built at first use. */
function allErrors(): Interface {
  if (everyError !== undefined) return everyError;
  const byselector = new Map<string, ErrorFragment>();
  const collect = (node: unknown): void => {
    if ((typeof node !== "object" && typeof node !== "function") || node === null) return;
    const abi: unknown = (node as { abi?: unknown }).abi;
    if (!Array.isArray(abi)) return Object.values(node).forEach(collect);
    for (const entry of abi as { type: string }[]) {
      if (entry.type !== "error") continue;
      const fragment = ErrorFragment.from(entry);
      byselector.set(fragment.selector, fragment);
    }
  };
  collect(factories);
  everyError = new Interface([...byselector.values()]);
  return everyError;
}

function parse(data: Hex): ErrorDescription | null {
  try {
    return allErrors().parseError(data);
  } catch {
    return null;
  }
}

function namedArguments(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  inputs.forEach((input, position) => {
    named[input.name === "" ? String(position) : input.name] = values[position] as unknown;
  });
  return named;
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

function shorten(hex: string): string {
  return hex.length <= 66 ? hex : `${hex.slice(0, 66)}… (${(hex.length - 2) / 2} bytes)`;
}

/** Looks for the revert's bytes where ethers, Hardhat and the engines put them. */
function revertData(error: unknown, depth = 0): Hex | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  const { data, error: inner, info, cause } = error as Record<string, unknown>;
  if (typeof data === "string") {
    const found = /^(?:Reverted )?(0x(?:[0-9a-fA-F]{2})*)$/.exec(data)?.[1];
    if (found !== undefined) return found.toLowerCase() as Hex;
  }
  for (const next of [data, inner, info, cause]) {
    const found = revertData(next, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nodeSentence(error: unknown): string {
  if (error instanceof RpcError) return error.message;
  const { shortMessage, info } = error as { shortMessage?: unknown; info?: { error?: { message?: unknown } } };
  const inner = info?.error?.message;
  return typeof inner === "string" ? inner : typeof shortMessage === "string" ? shortMessage : sentenceOf(error);
}
