import { join } from "node:path";

import { SteleError } from "../common/errors.js";
import { encodeBeside } from "../log/beside.js";
import { asBuffer, immutable, missing } from "../log/answers.js";
import { listenOn, logServer, publishedBundle, type Served, type ServeOptions } from "../log/serve.js";
import { decodeBundle, tileWidth, type TileName } from "../log/tiles.js";
import type { LogReader } from "../log/store.js";
import { leafHash } from "../proof/merkle.js";
import { KeyReader } from "../records/key-reader.js";
import { formatBookConfig, type BookConfig } from "./config.js";
import { packGrants } from "./grants.js";
import { openBookView } from "./prove.js";

/** A book that is being served. */
export interface ServedBook extends Served {
  readonly config: BookConfig;
  readonly origin: string;
}

/**
 * Serves a book beside its writer: the log as {@link serveLog} does, and below the same URL `book.json`,
 * `attachments/<N>[.p/<W>]` (sealed payloads) and `grants/<recipient>/<N>[.p/<W>]`, by bundles of 256 entries. A grant is
 * wrapped for its recipient, so all of it may be read by anybody; of a record that was erased there is none. Nothing
 * beyond the last published checkpoint is given out. Without a key store, there are no grants.
 * @throws SteleError `missing`; `busy` and `usage` as {@link serveLog}
 */
export async function serveBook(folder: string, options: ServeOptions = {}): Promise<ServedBook> {
  const { config, log } = await openBookView(folder);
  let keys: KeyReader | undefined;
  try {
    keys = openKeys(folder);
    const server = logServer(log.reader);
    const { reader } = log;
    server.get("/book.json", (_request, reply) =>
      reply.type("application/json").header("cache-control", "no-cache").send(formatBookConfig(config)),
    );
    server.get<{ Params: { "*": string } }>("/attachments/*", async (request, reply) => {
      const name = await publishedBundle(reader, request.params["*"]);
      if (name === undefined) return missing(reply);
      const body = asBuffer(await besideOf(reader, name));
      return reply.type("application/octet-stream").header("cache-control", immutable).send(body);
    });
    server.get<{ Params: { recipient: string; "*": string } }>("/grants/:recipient/*", async (request, reply) => {
      const name = await publishedBundle(reader, request.params["*"]);
      if (name === undefined || keys === undefined) return missing(reply);
      const grants = keys.grants(await leavesOf(reader, name), request.params.recipient);
      return reply.type("application/json").header("cache-control", "no-store").send(packGrants(grants));
    });
    const served = await listenOn(server, options);
    return { url: served.url, config, origin: log.origin, close: () => closeAll(served, reader, keys) };
  } catch (error) {
    keys?.close();
    await log.reader.close();
    throw error;
  }
}

async function closeAll(served: Served, reader: LogReader, keys: KeyReader | undefined): Promise<void> {
  await served.close();
  keys?.close();
  await reader.close();
}

function openKeys(folder: string): KeyReader | undefined {
  try {
    return KeyReader.open(join(folder, "keys"), { journal: join(folder, "erasures") });
  } catch (error) {
    if (error instanceof SteleError && error.code === "missing") return undefined;
    throw error;
  }
}

async function leavesOf(reader: LogReader, { index, width }: TileName): Promise<Uint8Array[]> {
  const bundle = (await reader.bundle(index)) ?? new Uint8Array(0);
  return decodeBundle(bundle, width, "more may follow").map((entry) => leafHash(entry));
}

async function besideOf(reader: LogReader, { index, width }: TileName): Promise<Uint8Array> {
  const first = index * tileWidth;
  const beside: (Uint8Array | undefined)[] = Array.from({ length: width }, () => undefined);
  for await (const one of reader.attachments(BigInt(first), BigInt(first + width))) {
    beside[Number(one.index) - first] = one.data;
  }
  return encodeBeside(beside);
}
