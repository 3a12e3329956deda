/** A text that stands for bytes in a Map or a Set: the quickest one there is, and not for people. */
export function mapKey({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}
