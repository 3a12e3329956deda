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
  const wrong = new Differences();
  const side = await withFile(sideFile, () => open(sideFile, "r"));
  const stored = (at: number, length: number) => withFile(sideFile, () => readAt(side, at, length));
  try {
    let at = 0;
    const compare = async (): Promise<void> => {
      const hashes = computed.takeLeaves();
      wrong.compare(hashes, await stored(at, hashes.length), at / hashLength);
      at += hashes.length;
    };
    for await (const bytes of dataset.bytes(0n, size, work)) {
      computed.add(bytes);
      await compare();
      work.progress?.(computed.size, size);
    }
    const end = computed.end();
    await compare();
    if (!equal(end.root, fromHex(root))) {
      const right = wrong.count > 0 && equal(await storedRoot(dataset, work), fromHex(root));
      throw wrongBytes(dataset, right ? wrong : undefined);
    }
    if (wrong.count > 0) throw wrongHash(sideFile, `leaf hash ${wrong.first} does not follow from the ciphertext`);
    if (!computed.upper().equals(await stored(at, sideLength(chunks) - at))) {
      throw wrongHash(sideFile, "the nodes above its leaf hashes do not follow from them");
    }
  } finally {
    await side.close();
  }
}

/** Root over the stored leaf hashes. */
async function storedRoot(dataset: Dataset, work: Work): Promise<Uint8Array> {
  const tree = new ChunkTree();
  for await (const hashes of dataset.leafHashes(0n, dataset.description.chunks, work)) {
    tree.addHashes(hashes);
    tree.takeLeaves();
  }
  return tree.end().root;
}

/** Chunks whose hashes are not those stored. */
class Differences {
  first = 0;
  count = 0;

  compare(computed: Buffer, stored: Buffer, from: number): void {
    if (computed.equals(stored)) return;
    for (let at = 0; at < computed.length; at += hashLength) {
      if (computed.subarray(at, at + hashLength).equals(stored.subarray(at, at + hashLength))) continue;
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
