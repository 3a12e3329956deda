import { open } from "node:fs/promises";

import { equal, fromHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { hashLength } from "../../proof/merkle.js";
import type { Work } from "../../log/audit.js";
import { ChunkTree, sideLength } from "./chunks.js";
import type { Dataset } from "./dataset.js";
import { readAt, withFile } from "./files.js";

/**
 * Recomputes root, leaf hashes and the nodes above from the ciphertext's bytes, and compares all of it with what is
 * stored. Where the hashes differ, the tree over the stored hashes says which of the two files is wrong.
 * @throws SteleError `corrupt`
 */
export async function verifyFiles(dataset: Dataset, sideFile: string, work: Work): Promise<void> {
  const { root, size, chunks } = dataset.description;
  const computed = new ChunkTree();
  const stored = new ChunkTree();
  const wrong = new Differences();
  const side = await withFile(sideFile, () => open(sideFile, "r"));
  try {
    let at = 0;
    const compare = async (): Promise<void> => {
      const hashes = computed.takeLeaves();
      const kept = await withFile(sideFile, () => readAt(side, at, hashes.length));
      requireWhole(kept, hashes.length, sideFile);
      stored.addHashes(kept);
      stored.takeLeaves();
      wrong.compare(hashes, kept, at / hashLength);
      at += hashes.length;
    };
    for await (const bytes of dataset.bytes(0n, size, work)) {
      computed.add(bytes);
      await compare();
      work.progress?.(computed.size, size);
    }
    const end = computed.end();
    await compare();
    const rightBytes = equal(end.root, fromHex(root));
    const rightHashes = equal(stored.end().root, fromHex(root));
    if (!rightBytes) throw wrongBytes(dataset, rightHashes ? wrong : undefined);
    if (wrong.count > 0) throw wrongHash(sideFile, `leaf hash ${wrong.first} does not follow from the ciphertext`);
    const upper = computed.upper();
    const kept = await withFile(sideFile, () => readAt(side, at, sideLength(chunks) - at));
    if (!equal(upper, kept)) throw wrongHash(sideFile, "the nodes above its leaf hashes do not follow from them");
  } finally {
    await side.close();
  }
}

/** Chunks whose hashes are not those stored. */
class Differences {
  first = 0;
  count = 0;

  compare(computed: Uint8Array, stored: Uint8Array, from: number): void {
    if (equal(computed, stored)) return;
    for (let at = 0; at < computed.length; at += hashLength) {
      if (equal(computed.subarray(at, at + hashLength), stored.subarray(at, at + hashLength))) continue;
      if (this.count++ === 0) this.first = from + at / hashLength;
    }
  }
}

function wrongBytes({ description, file }: Dataset, wrong: Differences | undefined): SteleError {
  const which =
    wrong === undefined
      ? "is not what the root says, and neither are the leaf hashes beside it"
      : `differs from what the root says in ${wrong.count} of its chunks, the first is ${wrong.first}`;
  return new SteleError("corrupt", `${which}; restore dataset ${description.root} from a mirror`, { place: { file } });
}

function wrongHash(file: string, why: string): SteleError {
  return new SteleError("corrupt", `${why}; restore the dataset, its ciphertext is kept`, { place: { file } });
}

function requireWhole(bytes: Uint8Array, length: number, file: string): void {
  if (bytes.length < length) throw wrongHash(file, "it ends too early");
}
