import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash, type Hash } from "node:crypto";
import { cp, lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { openWitness } from "../../../scripts/chapters/books.js";
import { openStage, type Stage } from "../../../scripts/chapters/stage.js";
import { writeManifest } from "../../../sdk/chain/manifest.js";
import { serveWitness } from "../../../sdk/log/witness-http.js";
import type { Ended } from "../../support/program.js";
import { steleIn } from "./program.js";

/** A suite on a chain behind http, and a folder with a log of two anchored records and a third that is not. */
export interface Setting {
  /** Network profile, manifest, log, proofs: what the rows start from. */
  readonly folder: string;
  readonly stage: Stage;
  /** The node of the chain. */
  readonly url: string;
  readonly logId: string;
  /** A server that answers, but is no node. */
  readonly nonsense: string;
  /** A URL at which nothing listens. */
  readonly closed: string;
  blockNumber(): Promise<number>;
  close(): Promise<void>;
}

/** Options that name the setting's network and deployment. */
export const onChain = ["--network", "net.json", "--manifest", "manifest.json"] as const;
export const opening = ["--kind", "audit.events", "--name", "staff", "--policy", "1"] as const;

export const subject = `0x${"5b".repeat(32)}`;

export async function openSetting(): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "stele-input-"));
  const stage = await openStage(join(folder, ".stele", "stage"));
  for (const actor of ["office", "finance", "accounts", "north", "south", "court"] as const) {
    await (await stage.sender(actor)).close();
  }
  const node = await serve(async (request, response) => {
    const { id, method, params } = JSON.parse(await textOf(request)) as { id: number; method: string; params: [] };
    const body = await stage.connection.transport
      .request({ method, params })
      .then((result) => ({ result }))
      .catch((error: { message: string; data?: unknown }) => ({ error: { ...error, message: error.message } }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
  });
  const nonsense = await serve((_, response) => response.end("<html>Welcome</html>"));
  const closed = await serve((_, response) => response.end());
  await closed.stop();
  await writeFile(join(folder, "net.json"), JSON.stringify(profileAt(node.url)));
  await writeManifest(join(folder, "manifest.json"), stage.suite.manifest);
  const logId = await makeBook(stage, folder);
  return {
    folder,
    stage,
    url: node.url,
    logId,
    nonsense: nonsense.url,
    closed: closed.url,
    blockNumber: () => stage.connection.provider.getBlockNumber(),
    async close() {
      await node.stop();
      await nonsense.stop();
      await stage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A network profile as it is written down. */
export function profileAt(url: string): Record<string, unknown> {
  return {
    name: "embedded",
    chainId: "31337",
    endpoints: [url],
    feeMode: "dynamic",
    finality: { kind: "instant" },
    pollingInterval: 0.01,
    evm: "cancun",
  };
}

async function makeBook(stage: Stage, folder: string): Promise<string> {
  const stele = async (...argv: string[]): Promise<Ended> => {
    const ended = await steleIn(folder, argv);
    expect(ended.code, `${argv.join(" ")}: ${ended.err}`).to.equal(0);
    return ended;
  };
  const opened = await stele("log", "open", "book", ...opening, ...onChain, "--account", "5", "--json");
  const witnesses = await Promise.all(
    (["north", "south"] as const).map(async (actor) =>
      serveWitness(await openWitness(stage, actor, join(folder, ".stele", "witnesses"))),
    ),
  );
  const lines = [{ data: { course: "first aid", hours: 16 }, subject }, { data: { chairs: 12 } }];
  await writeFile(join(folder, "in.ndjson"), lines.map((line) => JSON.stringify(line)).join("\n"));
  await writeFile(join(folder, "more.ndjson"), '{"data":{"tables":3}}\n');
  await stele("log", "append", "book", "in.ndjson");
  const urls = witnesses.flatMap(({ url }) => ["--witness", url]);
  await stele("log", "anchor", "book", ...urls, ...onChain, "--account", "5");
  for (const server of witnesses) await server.close();
  await stele("log", "prove", "book", "0", "--out", "proof.json");
  await stele("record", "show", "book", "0", "--field", "/course", "--out", "shown.json", "--offline");
  await stele("record", "show", "book", "0", "--to-subject", "--out", "mine.json", "--offline");
  await stele("log", "append", "book", "more.ndjson");
  return (JSON.parse(opened.out) as { logId: string }).logId;
}

/** A copy of the setting's folder for one row, so that rows cannot help each other. */
export async function copyOf(setting: Setting): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stele-row-"));
  await cp(setting.folder, folder, { recursive: true });
  return folder;
}

/**
 * Names, kinds and contents of everything below a folder. Left out is `.stele`, the sender's own memory: it is opened
 * before the chain is asked, and that nothing was sent is what the chain's block number shows. Left out too are the
 * files, empty of entries, that SQLite leaves beside a database that was only read.
 */
export async function stateOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  await addTo(hash, Buffer.from(folder));
  return hash.digest("hex");
}

/** With names as bytes, as one row has a name that is no text. */
async function addTo(hash: Hash, folder: Buffer): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" });
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    const path = Buffer.concat([folder, Buffer.from("/"), entry.name]);
    if (entry.name.equals(Buffer.from(".stele")) || (await isReadersTrace(entry, path))) continue;
    hash.update(entry.name).update(String((await lstat(path)).mode));
    if (entry.isFile()) hash.update(await readFile(path));
    if (entry.isSymbolicLink()) hash.update(await readlink(path));
    if (entry.isDirectory()) await addTo(hash, path);
  }
  hash.update("/");
}

async function isReadersTrace({ name }: { name: Buffer }, path: Buffer): Promise<boolean> {
  const text = name.toString();
  return text.endsWith(".db-shm") || (text.endsWith(".db-wal") && (await lstat(path)).size === 0);
}

async function serve(listener: RequestListener): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: AsyncIterable<unknown>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
