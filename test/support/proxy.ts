import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What happens to one request: passed on; cut off before or after the node saw it; answered with a server error before
 * or after; held up until the next turn; handed to the node twice.
 */
export type Fault = "none" | "cut" | "cut-after" | "error" | "error-after" | "delay" | "twice";

export const faults: readonly Fault[] = ["cut", "cut-after", "error", "error-after", "delay", "twice"];

/** A bad line to a node. */
export interface Proxy {
  readonly url: string;
  /** Which fault a request gets; may be changed at any time. */
  choose: (method: string, request: number) => Fault;
  /** Requests seen so far by method. */
  readonly seen: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Starts an http proxy on loopback in front of a node. */
export async function startProxy(upstream: string, choose: Proxy["choose"] = () => "none"): Promise<Proxy> {
  const seen = new Map<string, number>();
  let requests = 0;

  const forward = async (body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(upstream, { method: "POST", headers, body })).text();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const { method } = JSON.parse(body) as { method: string };
    seen.set(method, (seen.get(method) ?? 0) + 1);
    const fault = proxy.choose(method, requests++);
    if (fault === "cut") return void request.socket.destroy();
    if (fault === "error") return void response.writeHead(503).end();
    if (fault === "twice") await forward(body);
    if (fault === "delay") await new Promise((resolve) => setImmediate(resolve));
    const answer = await forward(body);
    if (fault === "cut-after") return void request.socket.destroy();
    if (fault === "error-after") return void response.writeHead(502).end();
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    choose,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** A repeatable sequence of numbers in [0, 1), for faults that a failure can be replayed with (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
