import { fastify } from "fastify";
import { z } from "zod";

import { fromHex, toHex, type Hex } from "../common/bytes.js";
import { SteleError, sentenceOf, type SteleErrorCode } from "../common/errors.js";
import { addressText, hash32, hexText, parseWith, wholeNumber } from "../common/schema.js";
import { listenOn, type Served, type ServeOptions } from "./serve.js";
import type { Head } from "./store.js";
import type { Cosigned, CosignRequest, Witness } from "./witness.js";

const requestSchema = z.strictObject({
  logId: hash32,
  oldSize: wholeNumber,
  newSize: wholeNumber,
  oldRoot: hash32.optional(),
  root: hash32,
  proof: z.array(hash32).max(65),
  checkpoint: z.string().max(16_384),
});
const cosignedSchema = z.strictObject({ signer: addressText, time: wholeNumber, signature: hexText });
const headSchema = z.strictObject({ size: wholeNumber, root: hash32 });
const infoSchema = z.strictObject({ address: addressText });
const refusalSchema = z.strictObject({
  code: z.enum(["refused", "unproven", "input", "network"]),
  sentence: z.string(),
});

/** HTTP status of each refusal that a witness may give; anything else is a fault of its own. */
const statuses: Partial<Record<SteleErrorCode, number>> = { input: 400, unproven: 403, refused: 409, network: 502 };

/**
 * Serves a witness over HTTP: `GET /` its address, `GET /heads/<logId>` the last head it signed, `POST /cosign` a
 * {@link CosignRequest} in JSON. Refusals come as JSON with a code and a sentence.
 */
export async function serveWitness(witness: Witness, options: ServeOptions = {}): Promise<Served> {
  const server = fastify({ forceCloseConnections: true, bodyLimit: 65_536 });
  server.setErrorHandler((error, _request, reply) => {
    const refused = error instanceof SteleError && statuses[error.code] !== undefined;
    if (!refused) return reply.send(error);
    return reply.code(statuses[error.code] ?? 500).send({ code: error.code, sentence: error.message });
  });
  server.get("/", () => ({ address: witness.address }));
  server.get<{ Params: { logId: string } }>("/heads/:logId", async ({ params }) => {
    const { size, root } = await witness.headOf(parseWith(hash32, params.logId));
    return { size: size.toString(), root: toHex(root) };
  });
  server.post("/cosign", async ({ body }) => {
    const { signer, time, signature } = await witness.cosign(readRequest(body));
    return { signer, time: time.toString(), signature };
  });
  return listenOn(server, options);
}

function readRequest(body: unknown): CosignRequest {
  const { oldRoot, root, proof, ...rest } = parseWith(requestSchema, body);
  return {
    ...rest,
    ...(oldRoot === undefined ? {} : { oldRoot: fromHex(oldRoot) }),
    root: fromHex(root),
    proof: proof.map((hash) => fromHex(hash)),
  };
}

/** A witness that is asked over HTTP. */
export class HttpWitness implements Witness {
  readonly address: string;
  readonly #url: URL;

  private constructor(url: URL, address: string) {
    this.#url = url;
    this.address = address;
  }

  /** @throws SteleError `network` where it does not answer as a witness */
  static async open(url: string): Promise<HttpWitness> {
    if (!URL.canParse(url)) throw new SteleError("usage", `"${url}" is no URL of a witness`);
    const base = new URL(url.endsWith("/") ? url : `${url}/`);
    const { address } = await ask(base, "", infoSchema);
    return new HttpWitness(base, address);
  }

  async headOf(logId: Hex): Promise<Head> {
    const { size, root } = await ask(this.#url, `heads/${logId}`, headSchema);
    return { size, root: fromHex(root) };
  }

  async cosign({ oldRoot, root, proof, oldSize, newSize, ...rest }: CosignRequest): Promise<Cosigned> {
    return ask(this.#url, "cosign", cosignedSchema, {
      ...rest,
      oldSize: oldSize.toString(),
      newSize: newSize.toString(),
      ...(oldRoot === undefined ? {} : { oldRoot: toHex(oldRoot) }),
      root: toHex(root),
      proof: proof.map(toHex),
    });
  }
}

const patience = 30_000;

async function ask<T>(base: URL, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let answer: Response;
  let value: unknown;
  try {
    answer = await fetch(new URL(path, base), {
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : post),
    });
    value = await answer.json();
  } catch (cause) {
    throw new SteleError("network", `the witness at ${base.origin} does not answer: ${sentenceOf(cause)}`, { cause });
  }
  if (answer.ok) return parseWith(schema, value);
  const refusal = refusalSchema.safeParse(value);
  if (refusal.success) {
    throw new SteleError(refusal.data.code, `the witness at ${base.origin} says: ${refusal.data.sentence}`);
  }
  throw new SteleError("network", `the witness at ${base.origin} answered ${answer.status}`);
}
