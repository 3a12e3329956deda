import { JsonRpcApiProvider, Network, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult } from "ethers";

import type { Hex } from "../common/bytes.js";
import { SteleError, sentenceOf } from "../common/errors.js";
import type { NetworkProfile } from "./profile.js";
import { httpTransport, requireChain, RpcError, type HttpOptions, type Transport } from "./transport.js";

/** A network that answered and is the one its profile says. */
export interface Connection {
  readonly profile: NetworkProfile;
  readonly transport: Transport;
  /** The same transport for ethers: contracts, wallets. */
  readonly provider: JsonRpcApiProvider;
  /** Hash of block 0: two chains of one chain id differ here. */
  readonly genesis: Hex;
  close(): void;
}

export interface ConnectOptions extends HttpOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of the profile's endpoints, for a chain inside this process: any EIP-1193 provider. */
  readonly transport?: Transport;
}

/**
 * Connects to a network: its node must answer and be on the profile's chain id.
 * @throws SteleError `network`, naming profile and endpoint
 */
export async function connect(profile: NetworkProfile, options: ConnectOptions = {}): Promise<Connection> {
  const { signal } = options;
  const transport = options.transport === undefined ? httpTransport(profile, options) : inProcess(options.transport);
  requireChain(profile, undefined, await transport.request({ method: "eth_chainId" }, signal));
  const block = await transport.request({ method: "eth_getBlockByNumber", params: ["0x0", false] }, signal);
  const genesis = (block as { hash?: unknown } | null)?.hash;
  if (typeof genesis !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(genesis)) {
    throw new SteleError("network", `network "${profile.name}" does not show its genesis block`);
  }
  const provider = new TransportProvider(transport, profile);
  return { profile, transport, provider, genesis: genesis.toLowerCase() as Hex, close: () => provider.destroy() };
}

/** Gives an EIP-1193 provider's refusals the same shape as a node's. */
function inProcess(inner: Transport): Transport {
  return {
    async request(call, signal) {
      signal?.throwIfAborted();
      try {
        return await inner.request({ method: call.method, params: call.params ?? [] });
      } catch (error) {
        const { code, data } = error as { code?: unknown; data?: unknown };
        throw new RpcError(call.method, typeof code === "number" ? code : 0, sentenceOf(error), data);
      }
    },
  };
}

/** ethers' provider over a transport. No answer is cached: a nonce or head of a moment ago is a wrong one. */
class TransportProvider extends JsonRpcApiProvider {
  readonly #transport: Transport;

  constructor(transport: Transport, profile: NetworkProfile) {
    const pollingInterval = Math.ceil(profile.pollingInterval * 1000);
    const network = new Network(profile.name, profile.chainId);
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, polling: true, pollingInterval });
    this.#transport = transport;
  }

  override async send(method: string, params: unknown[] | Record<string, unknown>): Promise<unknown> {
    this._start();
    return super.send(method, params as unknown[]);
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload];
    return Promise.all(
      payloads.map(async ({ id, method, params }) => {
        try {
          return { id, result: await this.#transport.request({ method, params: params as readonly unknown[] }) };
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
          return { id, error: { code: error.code, message: error.message, data: error.data } };
        }
      }),
    ) as Promise<(JsonRpcResult | JsonRpcError)[]>;
  }
}
