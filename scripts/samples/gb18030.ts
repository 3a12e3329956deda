/** What two bytes of GB18030 stand for, the other way round; made of the platform's own decoder. */
let table: ReadonlyMap<string, Uint8Array> | undefined;

function twoBytes(): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const decoder = new TextDecoder("gb18030");
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== "\ufffd") found.set(text, Uint8Array.of(lead, trail));
    }
  }
  return found;
}

/** Text in GB18030, as far as one or two bytes a character go. */
export function encodeGb18030(text: string): Uint8Array {
  table ??= twoBytes();
  const pieces = Array.from(text, (character) => {
    const bytes = character < "\u0080" ? Buffer.from(character) : table?.get(character);
    if (bytes === undefined) throw new Error(`${character} takes four bytes in GB18030`);
    return bytes;
  });
  return Buffer.concat(pieces);
}
