import { SteleError } from "../../common/errors.js";

/**
 * Unpacks gzip or zlib data, and stops where it turns out longer than it may be: a few kilobytes can unpack to gigabytes.
 * @throws SteleError `input`
 */
export async function unpackBounded(packed: Uint8Array, format: "gzip" | "deflate", most: number): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(packed)]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) throw new SteleError("input", `unpacks to more than ${most} bytes`);
      parts.push(value);
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    throw cause instanceof SteleError ? cause : new SteleError("input", `is not ${format} data`, { cause });
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
