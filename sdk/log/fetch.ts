import { SteleError, sentenceOf } from "../common/errors.js";

/** Bytes asked of a server, by path, at most `limit` of them; undefined where it answers that there is no such thing. */
export type Fetch = (path: string, limit?: number) => Promise<Uint8Array | undefined>;

/** Milliseconds that an answer may take. */
const patience = 30_000;

/** Bytes of the largest answer that any part of a log's server gives: 256 sealed payloads of the largest size. */
const most = 64 * 1024 * 1024;

/**
 * Asks the server of a log for the bytes below its URL. Nothing it answers is believed here, and none of it is endless.
 * @throws SteleError `usage` where it is no URL; later `network`
 */
export function fetchFrom(url: string, signal?: AbortSignal): Fetch {
  if (!URL.canParse(url)) throw new SteleError("usage", `"${url}" is no URL of a log`);
  const base = new URL(url.endsWith("/") ? url : `${url}/`);
  const wrong = (what: string, cause?: unknown): SteleError =>
    new SteleError("network", `the log at ${base.origin}${base.pathname} ${what}`, { cause });
  return async (path, limit = most) => {
    const late = AbortSignal.timeout(patience);
    try {
      const answer = await fetch(new URL(path, base), { signal: signal ? AbortSignal.any([signal, late]) : late });
      if (answer.status === 404) return undefined;
      if (!answer.ok || answer.body === null) throw wrong(`answered ${answer.status}`);
      const bytes = await readAtMost(answer.body, limit);
      if (bytes === undefined) throw wrong(`gives more than ${limit} bytes at once`);
      return bytes;
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof SteleError) throw cause;
      throw wrong(`does not answer: ${sentenceOf(cause)}`, cause);
    }
  };
}

/** All bytes, or undefined where there are more than `limit`: then no more of them are read. */
async function readAtMost(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
