import { SteleError, sentenceOf } from "../common/errors.js";
import { shownEndpoint, type NetworkProfile } from "./profile.js";

/** A JSON-RPC call. */
export interface RpcCall {
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** Something that answers JSON-RPC calls; every EIP-1193 provider is one. */
export interface Transport {
  request(call: RpcCall, signal?: AbortSignal): Promise<unknown>;
}

/** A node's own "no": the call arrived and was answered with an error. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(
    readonly method: string,
    readonly code: number,
    message: string,
    readonly data: unknown,
  ) {
    super(message);
  }
}

/** How patiently a node is asked. */
export interface HttpOptions {
  /** Milliseconds for one request; 20,000 unless said. */
  readonly timeout?: number;
  /** Rounds over all endpoints before giving up; 3 unless said. */
  readonly rounds?: number;
}

/**
 * Talks to the profile's endpoints over http. An endpoint that fails (no connection, no answer in time, a server
 * error) is left for the next one. Repeating is harmless, because the SDK sends only signed transactions and questions.
 * Before an endpoint is used, and again after it failed, its chain id is compared with the profile's.
 */
export function httpTransport(profile: NetworkProfile, options: HttpOptions = {}): Transport {
  const { timeout = 20_000, rounds = 3 } = options;
  const { endpoints } = profile;
  const checked = new Set<string>();
  let preferred = 0;

  const ask = async (url: string, call: RpcCall, signal: AbortSignal | undefined): Promise<unknown> => {
    if (!checked.has(url)) {
      const id = await post(url, { method: "eth_chainId" }, timeout, signal);
      requireChain(profile, url, id);
      checked.add(url);
      if (call.method === "eth_chainId") return id;
    }
    return post(url, call, timeout, signal);
  };

  return {
    async request(call, signal) {
      const failures = new Map<string, string>();
      for (let attempt = 0; attempt < rounds * endpoints.length; attempt++) {
        signal?.throwIfAborted();
        const url = endpoints[preferred]!;
        try {
          return await ask(url, call, signal);
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          failures.set(shownEndpoint(url), error.message);
          checked.delete(url);
          preferred = (preferred + 1) % endpoints.length;
          if (preferred === 0) await pause(50 * 2 ** Math.floor(attempt / endpoints.length), signal);
        }
      }
      const what = [...failures].map(([url, why]) => `${url} (${why})`).join(", ");
      throw new SteleError("network", `network "${profile.name}" cannot be reached at ${what}; is its node running?`);
    },
  };
}

/** @throws SteleError `network` where a node is on another chain than its profile says */
export function requireChain(profile: NetworkProfile, endpoint: string | undefined, id: unknown): void {
  const actual = typeof id === "string" && /^0x[0-9a-fA-F]{1,64}$/.test(id) ? BigInt(id) : undefined;
  if (actual === profile.chainId) return;
  const at = endpoint === undefined ? "" : ` at ${shownEndpoint(endpoint)}`;
  const found = actual === undefined ? "does not say which chain it is" : `is chain ${actual}`;
  throw new SteleError(
    "network",
    `network "${profile.name}"${at} ${found}, not chain ${profile.chainId} of its profile`,
  );
}

/** Waits; ends early, with the signal's reason, when the signal fires. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The endpoint gave no usable answer; another one may. */
class Unavailable extends Error {}

let lastId = 0;

async function post(url: string, call: RpcCall, timeout: number, signal: AbortSignal | undefined): Promise<unknown> {
  const limit = AbortSignal.timeout(timeout);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++lastId, method: call.method, params: call.params ?? [] }),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new Unavailable(limit.aborted ? "no answer in time" : whyFetchFailed(error));
  }
  return readAnswer(call, status, text);
}

function readAnswer(call: RpcCall, status: number, text: string): unknown {
  if (status >= 500 || status === 429) throw new Unavailable(`http status ${status}`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Unavailable(`http status ${status} without JSON`);
  }
  if (typeof body !== "object" || body === null) throw new Unavailable("not a JSON-RPC answer");
  const { result, error } = body as { result?: unknown; error?: { code?: unknown; message?: unknown; data?: unknown } };
  if (typeof error === "object" && error !== null) {
    const message = typeof error.message === "string" ? error.message : "unnamed error";
    throw new RpcError(call.method, typeof error.code === "number" ? error.code : 0, message, error.data);
  }
  if (result === undefined) throw new Unavailable("not a JSON-RPC answer");
  return result;
}

function whyFetchFailed(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOTFOUND") return "unknown host";
  return typeof code === "string" ? code : sentenceOf(cause ?? error);
}
