import { Interface, keccak256, toUtf8Bytes } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { AccessManager__factory } from "../../../typechain-types/index.js";
import { callOf, type Call } from "./call.js";

interface SafeInput {
  readonly internalType: string;
  readonly name: string;
  readonly type: string;
}

/** A transaction as Safe's Transaction Builder reads it; `data` decides, the rest is for people. */
export interface SafeTransaction {
  readonly to: string;
  readonly value: string;
  readonly data: string;
  readonly contractMethod: { readonly inputs: readonly SafeInput[]; readonly name: string; readonly payable: boolean };
  readonly contractInputsValues: Readonly<Record<string, string>>;
}

/** A batch file of Safe's Transaction Builder, format 1.0. */
export interface SafeBatch {
  readonly version: "1.0";
  /** Decimal. */
  readonly chainId: string;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly meta: {
    readonly name: string;
    readonly description: string;
    readonly txBuilderVersion: string;
    readonly createdFromSafeAddress: string;
    readonly createdFromOwnerAddress: string;
    readonly checksum?: string;
  };
  readonly transactions: readonly SafeTransaction[];
}

export interface ProposalOptions {
  readonly chainId: bigint;
  /** The multisig that is to send the batch. */
  readonly safe: string;
  readonly name: string;
  /** Milliseconds. */
  readonly createdAt: number;
}

/** A batch that makes these calls, with the checksum that Safe's importer compares. */
export function safeBatch(calls: readonly Call[], options: ProposalOptions): SafeBatch {
  const batch: SafeBatch = {
    version: "1.0",
    chainId: options.chainId.toString(),
    createdAt: options.createdAt,
    meta: {
      name: options.name,
      description: calls.map((call) => call.label).join("; "),
      txBuilderVersion: "1.18.2",
      createdFromSafeAddress: options.safe,
      createdFromOwnerAddress: "",
    },
    transactions: calls.map(safeTransaction),
  };
  return { ...batch, meta: { ...batch.meta, checksum: safeChecksum(batch) } };
}

function safeTransaction(call: Call): SafeTransaction {
  const inputs = Object.keys(call.args);
  return {
    to: call.address,
    value: "0",
    data: call.data,
    contractMethod: { inputs: inputs.map((name) => typedInput(call, name)), name: call.method, payable: false },
    contractInputsValues: Object.fromEntries(inputs.map((name) => [name, valueText(call.args[name])])),
  };
}

function typedInput(call: Call, name: string): SafeInput {
  const given = call.types?.[name] ?? "bytes";
  return { internalType: given, name, type: given };
}

function valueText(value: unknown): string {
  return typeof value === "string"
    ? value
    : JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
}

/** The checksum of Safe's Transaction Builder: over the batch without checksum, its name taken as null. */
export function safeChecksum(batch: SafeBatch): string {
  const { checksum: _, ...meta } = batch.meta;
  return keccak256(toUtf8Bytes(serialize({ ...batch, meta: { ...meta, name: null } })));
}

/** Safe's own serialisation: sorted keys first, then the values, a comma behind each. */
function serialize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(serialize).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const keys = JSON.stringify(entries.map(([key]) => key));
  return `{${keys}${entries.map(([, item]) => `${serialize(item)},`).join("")}}`;
}

const manager = new Interface(AccessManager__factory.abi);

/** The call that schedules another one through the AccessManager, to be executed as soon as its delay allows. */
export function scheduleOf(managerAddress: string, call: Call): Call {
  const target = { contract: "AccessManager", address: managerAddress, abi: manager };
  return callOf(target, "schedule", [call.address, call.data, 0n], `schedule: ${call.label}`);
}

/** The call that executes a scheduled one once it is due. */
export function executeOf(managerAddress: string, call: Call): Call {
  const target = { contract: "AccessManager", address: managerAddress, abi: manager };
  return callOf(target, "execute", [call.address, call.data], `execute: ${call.label}`);
}

/** What a delayed account sends now and later; for an account without delay, the calls themselves. */
export interface Proposal {
  readonly now: readonly Call[];
  readonly later: readonly Call[];
}

/** Splits calls into what is scheduled and what is executed after the delay. */
export function proposalOf(managerAddress: string, calls: readonly { call: Call; delay: number }[]): Proposal {
  return {
    now: calls.map(({ call, delay }) => (delay === 0 ? call : scheduleOf(managerAddress, call))),
    later: calls.filter(({ delay }) => delay > 0).map(({ call }) => executeOf(managerAddress, call)),
  };
}

/** The id under which the AccessManager keeps a scheduled call. */
export function operationId(caller: string, target: string, data: Hex): string {
  return keccak256(manager.getAbiCoder().encode(["address", "address", "bytes"], [caller, target, data]));
}
