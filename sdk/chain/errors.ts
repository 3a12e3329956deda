import { ErrorFragment, Interface, type ErrorDescription } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import { factories } from "../../typechain-types/index.js";
import { namedArguments, noReason, reason, RevertError, shorten } from "./revert.js";
import { RpcError } from "./transport.js";

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

export { isRevert, RevertError, type Revert } from "./revert.js";

function describe(data: Hex, doing: string, cause: unknown): RevertError {
  if (data === "0x") return new RevertError(`the chain refused ${doing} without a reason`, noReason, cause);
  const parsed = parse(data);
  if (parsed === null) {
    const sentence = `the chain refused ${doing} with bytes that no contract of the suite uses: ${shorten(data)}`;
    return new RevertError(sentence, { name: "", args: {}, data }, cause);
  }
  const revert = { name: parsed.name, args: namedArguments(parsed.fragment.inputs, parsed.args), data };
  return new RevertError(`the chain refused ${doing}: ${reason(revert)}`, revert, cause);
}

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
