import { getAddress, type Signer, type TransactionRequest } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import type { NetworkProfile } from "../profile.js";

/** A transaction of the deployer; without `to` it creates a contract. */
export interface Outgoing {
  readonly to?: string;
  readonly data: Hex;
  readonly nonce: number;
  /** What it does, for messages. */
  readonly label: string;
}

/** A contract that stands on the chain, for records of an executor's own. */
export interface Standing {
  readonly name: string;
  readonly address: string;
  readonly bytecode: Hex;
  /** Encoded constructor arguments. */
  readonly argsData: Hex;
}

/** An account on a chain, as narrow as deployment needs it. All guards live above it. */
export interface Executor {
  readonly account: string;
  /** JSON-RPC reads. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Signs and broadcasts, without waiting; gives the hash. */
  broadcast(transaction: Outgoing): Promise<string>;
  /** Called for every contract of the plan, once it stands. Must bear repetition. */
  keep?(contract: Standing): Promise<void>;
}

/** What Hardhat, a browser wallet or rocketh give as a provider. */
export interface Eip1193 {
  request(call: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

/** How transactions are priced; see NetworkProfile. */
export type FeeMode = NetworkProfile["feeMode"];

async function gasFor(request: Executor["request"], from: string, transaction: Outgoing): Promise<bigint> {
  const call = { from, data: transaction.data, ...(transaction.to === undefined ? {} : { to: transaction.to }) };
  const estimate = BigInt((await request("eth_estimateGas", [call])) as string);
  return (estimate * 5n) / 4n; // the state may move between the estimate and the block
}

/** The price of a legacy transaction; nothing where the node or the signer fills EIP-1559's fields. */
async function priceFor(request: Executor["request"], fees: FeeMode): Promise<bigint | undefined> {
  if (fees === "zero") return 0n;
  return fees === "legacy" ? BigInt((await request("eth_gasPrice", [])) as string) : undefined;
}

/** An account whose key the node or the provider holds (`eth_sendTransaction`). */
export function providerExecutor(provider: Eip1193, address: string, fees: FeeMode = "dynamic"): Executor {
  const account = getAddress(address);
  const request: Executor["request"] = (method, params) => provider.request({ method, params });
  return {
    account,
    request,
    async broadcast(transaction) {
      const { to, data, nonce } = transaction;
      const gas = quantity(await gasFor(request, account, transaction));
      const gasPrice = await priceFor(request, fees);
      const price = gasPrice === undefined ? {} : { gasPrice: quantity(gasPrice) };
      const fields = { from: account, data, nonce: quantity(nonce), gas, ...price };
      return (await request("eth_sendTransaction", [to === undefined ? fields : { ...fields, to }])) as string;
    },
  };
}

interface RawProvider {
  send(method: string, params: unknown[]): Promise<unknown>;
}

/** A signer of ethers that hands a transaction to its node and does not wait to see it again. */
interface UncheckedSigner extends Signer {
  sendUncheckedTransaction(transaction: TransactionRequest): Promise<string>;
}

/** An account of ethers: a wallet with its key, or a node's. */
export async function signerExecutor(signer: Signer, fees: FeeMode = "dynamic"): Promise<Executor> {
  const provider = signer.provider as RawProvider | null;
  if (provider === null || typeof provider.send !== "function") {
    throw new SteleError("usage", "deployment needs a signer whose provider speaks JSON-RPC");
  }
  const account = await signer.getAddress();
  const request: Executor["request"] = (method, params) => provider.send(method, [...params]);
  return {
    account,
    request,
    async broadcast(transaction) {
      const gasLimit = await gasFor(request, account, transaction);
      const gasPrice = await priceFor(request, fees);
      const price = gasPrice === undefined ? {} : { type: 0, gasPrice };
      const { label: _, ...fields } = { ...transaction, gasLimit, ...price };
      if ("sendUncheckedTransaction" in signer) return (signer as UncheckedSigner).sendUncheckedTransaction(fields);
      return (await signer.sendTransaction(fields)).hash;
    },
  };
}

function quantity(number: number | bigint): string {
  return `0x${number.toString(16)}`;
}
