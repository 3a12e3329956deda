import type { FastifyReply } from "fastify";

/** Cache-Control of what never changes. */
export const immutable = "public, max-age=31536000, immutable";

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Not cached: what is missing now may be published in a moment. */
export function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).type("text/plain; charset=utf-8").header("cache-control", "no-store").send("not found\n");
}
