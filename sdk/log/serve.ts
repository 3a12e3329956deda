import { fastify, type FastifyInstance } from "fastify";

import { SteleError } from "../common/errors.js";
import { asBuffer, immutable, missing } from "./answers.js";
import { StoreTiles } from "./store-tiles.js";
import type { LogReader } from "./store.js";
import { encodeBundle, decodeBundle, parseTilePath, tileWidth, widthAt, type TileName } from "./tiles.js";

export interface ServeOptions {
  /** Default: loopback only. Name another address only where everybody may read the entries. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
}

/** What is being served. */
export interface Served {
  /** Where it is served, with its final slash. */
  readonly url: string;
  /** Takes no new requests, ends those under way, closes the port. */
  close(): Promise<void>;
}

/**
 * Serves a log over HTTP as C2SP tlog-tiles: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`. Nothing
 * beyond the last published checkpoint is given out. The store stays open when serving ends.
 * @param reader `log.reader`
 * @throws SteleError `busy` where the port is taken, `usage` where the address is not this machine's
 * @example
 * const served = await serveLog(log.reader, { port: 8080 });
 * process.once("SIGINT", () => void served.close());
 */
export async function serveLog(reader: LogReader, options: ServeOptions = {}): Promise<Served> {
  return listenOn(logServer(reader), options);
}

/** The same before it listens, so that more can be served beside it. */
export function logServer(reader: LogReader): FastifyInstance {
  const tiles = new StoreTiles(reader);
  const server = fastify({ forceCloseConnections: true, exposeHeadRoutes: true });
  server.get("/checkpoint", async (_request, reply) => {
    const published = await reader.published();
    if (published === undefined) return missing(reply);
    return reply.type("text/plain; charset=utf-8").header("cache-control", "no-cache").send(published.note);
  });
  server.get<{ Params: { "*": string } }>("/tile/*", async (request, reply) => {
    const name = parseTilePath(`tile/${request.params["*"]}`);
    const published = await reader.published();
    if (name === undefined || published === undefined) return missing(reply);
    if (name.width > widthAt(name.level, name.index, Number(published.size))) return missing(reply);
    const data = await read(reader, tiles, name);
    return reply.type("application/octet-stream").header("cache-control", immutable).send(data);
  });
  server.setNotFoundHandler((_request, reply) => missing(reply));
  return server;
}

/** @throws SteleError `busy` or `usage` where it cannot listen there */
export async function listenOn(server: FastifyInstance, options: ServeOptions): Promise<Served> {
  const { host = "127.0.0.1", port = 0 } = options;
  try {
    return { url: `${await server.listen({ host, port })}/`, close: () => server.close() };
  } catch (cause) {
    await server.close();
    throw refusal(cause, host, port);
  }
}

async function read(reader: LogReader, tiles: StoreTiles, { level, index, width }: TileName): Promise<Buffer> {
  if (level !== "entries") return asBuffer(await tiles.tile(level, index, width));
  const bundle = (await reader.bundle(index)) ?? new Uint8Array(0);
  const entries = decodeBundle(bundle, width, "more may follow");
  return width === tileWidth ? asBuffer(bundle) : encodeBundle(entries);
}

/** The name of a bundle's path where its entries are published, undefined otherwise. */
export async function publishedBundle(reader: LogReader, path: string): Promise<TileName | undefined> {
  const name = parseTilePath(`tile/entries/${path}`);
  const published = await reader.published();
  if (name === undefined || published === undefined) return undefined;
  return name.width > widthAt("entries", name.index, Number(published.size)) ? undefined : name;
}

function refusal(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return new SteleError("busy", `port ${port} of ${host} is taken; choose another`, { cause });
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EACCES") {
    return new SteleError("usage", `cannot listen on port ${port} of ${host}`, { cause });
  }
  return cause;
}
