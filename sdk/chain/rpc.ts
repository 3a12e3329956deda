import { z } from "zod";

import type { Hex } from "../common/bytes.js";
import { hash32, hexText, parseWith } from "../common/schema.js";
import type { Connection } from "./connection.js";
import type { Receipt } from "./intent.js";

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "is not a quantity")
  .transform((text) => BigInt(text));
const index = quantity.transform(Number);

const receiptSchema = z
  .object({
    transactionHash: hash32,
    blockNumber: index,
    blockHash: hash32,
    status: index.refine((status) => status === 0 || status === 1),
    gasUsed: quantity,
    effectiveGasPrice: quantity.nullish(),
    contractAddress: z.string().nullish(),
    logs: z.array(
      z.object({ address: z.string(), topics: z.array(z.string()), data: z.string(), logIndex: index.nullish() }),
    ),
  })
  .transform((raw): Receipt => ({
    hash: raw.transactionHash,
    blockNumber: raw.blockNumber,
    blockHash: raw.blockHash,
    status: raw.status as 0 | 1,
    gasUsed: raw.gasUsed,
    gasPrice: raw.effectiveGasPrice ?? 0n,
    contractAddress: raw.contractAddress ?? null,
    logs: raw.logs.map(({ address, topics, data, logIndex }) => ({ address, topics, data, index: logIndex ?? 0 })),
  }));

const blockSchema = z.object({ hash: hash32, baseFeePerGas: quantity.nullish(), gasLimit: quantity.nullish() });

/** What the sender wants to know of a block. Not every node says its base fee or limit. */
export type Block = z.infer<typeof blockSchema> & { readonly hash: Hex };

/** A call before it is a transaction. */
export interface CallRequest {
  readonly from: string;
  readonly to: string | null;
  readonly data: string;
  readonly value: bigint;
}

/** The few questions that the sender asks a node, answered in types. */
export class Rpc {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async #ask<T>(schema: z.ZodType<T>, method: string, params: readonly unknown[], signal?: AbortSignal): Promise<T> {
    const answer = await this.#connection.transport.request({ method, params }, signal);
    return parseWith(schema, answer, { file: `answer of network "${this.#connection.profile.name}" to ${method}` });
  }

  blockNumber(): Promise<number> {
    return this.#ask(index, "eth_blockNumber", []);
  }

  /** Transactions of an account that are in blocks. */
  nonce(account: string): Promise<number> {
    return this.#ask(index, "eth_getTransactionCount", [account, "latest"]);
  }

  balance(account: string): Promise<bigint> {
    return this.#ask(quantity, "eth_getBalance", [account, "latest"]);
  }

  estimateGas(call: CallRequest, signal?: AbortSignal): Promise<bigint> {
    return this.#ask(quantity, "eth_estimateGas", [request(call)], signal);
  }

  call(call: CallRequest, block: number): Promise<Hex> {
    return this.#ask(hexText, "eth_call", [request(call), `0x${block.toString(16)}`]);
  }

  sendRaw(raw: Hex): Promise<Hex> {
    return this.#ask(hash32, "eth_sendRawTransaction", [raw]);
  }

  receipt(hash: Hex): Promise<Receipt | null> {
    return this.#ask(receiptSchema.nullable(), "eth_getTransactionReceipt", [hash]);
  }

  /** Null where the node has no such block. */
  block(tag: number | "latest"): Promise<Block | null> {
    const which = tag === "latest" ? tag : `0x${tag.toString(16)}`;
    return this.#ask(blockSchema.nullable(), "eth_getBlockByNumber", [which, false]);
  }

  gasPrice(): Promise<bigint> {
    return this.#ask(quantity, "eth_gasPrice", []);
  }

  priorityFee(): Promise<bigint> {
    return this.#ask(quantity, "eth_maxPriorityFeePerGas", []);
  }
}

function request(call: CallRequest): Record<string, string> {
  return {
    from: call.from,
    ...(call.to === null ? {} : { to: call.to }),
    data: call.data,
    ...(call.value === 0n ? {} : { value: `0x${call.value.toString(16)}` }),
  };
}
