import { Interface, type InterfaceAbi, type Result } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** A call of a contract, in words and in bytes. */
export interface Call {
  /** Contract's name in the directory. */
  readonly contract: string;
  readonly address: string;
  readonly method: string;
  /** Arguments by name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** ABI types of the arguments by name. */
  readonly types?: Readonly<Record<string, string>>;
  readonly data: Hex;
  /** What it does, for people. */
  readonly label: string;
}

/** What became of a call that was submitted. */
export type Submission =
  | { readonly kind: "sent"; readonly hash: string; readonly block: number; readonly gasUsed: bigint }
  | { readonly kind: "simulated"; readonly gas: bigint }
  | { readonly kind: "proposed"; readonly file: string };

/** A contract that calls are made of. */
export interface CallTarget {
  readonly contract: string;
  readonly address: string;
  readonly abi: Interface | InterfaceAbi;
}

/** Encodes a call. */
export function callOf(target: CallTarget, method: string, values: readonly unknown[], label: string): Call {
  const abi = Interface.from(target.abi);
  const fragment = abi.getFunction(method);
  if (fragment === null) throw new SteleError("usage", `${target.contract} has no function ${method}`);
  const names = fragment.inputs.map((input, i) => input.name || `_${i}`);
  const args = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const types = Object.fromEntries(names.map((name, i) => [name, fragment.inputs[i]?.format("sighash") ?? "bytes"]));
  const data = abi.encodeFunctionData(fragment, values) as Hex;
  return { contract: target.contract, address: target.address, method: fragment.name, args, types, data, label };
}

/** A call in one line, for instance `Members.suspend(member: 3, reason: 0x…)`. */
export function callText(target: CallTarget, data: string): string {
  const parsed = Interface.from(target.abi).parseTransaction({ data });
  if (parsed === null) return `${target.contract} ${data.slice(0, 10)}`;
  const args = parsed.fragment.inputs.map((input, i) => `${input.name}: ${plain(parsed.args[i])}`);
  return `${target.contract}.${parsed.name}(${args.join(", ")})`;
}

function plain(value: unknown): string {
  return Array.isArray(value) ? `[${(value as Result).map(plain).join(", ")}]` : String(value);
}
