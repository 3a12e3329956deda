const poolLength = 4096;
const pool = new Uint8Array(poolLength);
let used = poolLength;

/**
 * Random bytes of the platform, for keys, salts and nonces. Drawn 4,096 at a time, because a call costs more than its
 * bytes (32 bytes: 1.6 µs alone, below 0.1 µs from the pool); what was handed out is wiped from the pool.
 */
export function randomBytes(length: number): Uint8Array {
  if (length > poolLength) return globalThis.crypto.getRandomValues(new Uint8Array(length));
  if (used + length > poolLength) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
