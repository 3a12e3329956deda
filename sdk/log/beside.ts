import { concat } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { tilePath } from "./tiles.js";

/** Length that stands for nothing beside an entry. */
const none = 0xffff_ffff;

/** Path of what lies beside the entries of a bundle, named as C2SP names the bundle: `attachments/<N>[.p/<W>]`. */
export function besidePath(index: number, width: number): string {
  return tilePath({ level: "entries", index, width }).replace(/^tile\/entries\//, "attachments/");
}

/** Writes what lies beside the entries of a bundle: each behind its length as a big-endian uint32. */
export function encodeBeside(beside: readonly (Uint8Array | undefined)[]): Uint8Array {
  const length = (data: Uint8Array | undefined): Uint8Array => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, data?.length ?? none);
    return bytes;
  };
  return concat(...beside.flatMap((data) => [length(data), data ?? new Uint8Array(0)]));
}

/**
 * Reads it again, as views.
 * @throws SteleError `corrupt` where it does not hold exactly `width` parts
 */
export function decodeBeside(bytes: Uint8Array, width: number): (Uint8Array | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: (Uint8Array | undefined)[] = [];
  let at = 0;
  while (parts.length < width && at + 4 <= bytes.length) {
    const length = view.getUint32(at);
    at += 4;
    if (length === none) parts.push(undefined);
    else parts.push(bytes.subarray(at, (at += length)));
  }
  if (parts.length === width && at === bytes.length) return parts;
  throw new SteleError(
    "corrupt",
    `what lies beside the entries of a bundle is not ${width} parts; ask its server again`,
  );
}
