import fastifyStatic from "@fastify/static";
import { fastify } from "fastify";

import { listenOn, type Served, type ServeOptions } from "../../log/serve.js";
import { files } from "./files.js";
import type { DatasetStore } from "./store.js";

const names: ReadonlySet<string> = new Set(Object.values(files));

/**
 * Serves a store over HTTP, laid out as its folder, with ranges: `/<root>/dataset.json`, `/<root>/ciphertext`,
 * `/<root>/chunks`; `/` lists the roots. Only ciphertexts leave, but who asks for one learns its size.
 * @throws SteleError `busy` where the port is taken, `usage` where the address is not this machine's
 */
export async function serveDatasets(store: DatasetStore, options: ServeOptions = {}): Promise<Served> {
  const server = fastify({ forceCloseConnections: true, exposeHeadRoutes: true });
  await server.register(fastifyStatic, { root: store.folder, serve: false, index: false, cacheControl: false });
  server.get("/", async () => ({ datasets: await store.list() }));
  server.get<{ Params: { root: string; file: string } }>("/:root/:file", async ({ params }, reply) => {
    const { root, file } = params;
    if (!/^[0-9a-f]{64}$/.test(root) || !names.has(file)) return reply.callNotFound();
    return reply
      .type(file === files.description ? "application/json" : "application/octet-stream")
      .sendFile(`${root}/${file}`);
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).type("text/plain; charset=utf-8").header("cache-control", "no-store").send("not found\n"),
  );
  return listenOn(server, options);
}
