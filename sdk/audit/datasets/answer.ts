import { fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { leafHash, verifyInclusion } from "../../proof/merkle.js";
import type { Dataset } from "./dataset.js";
import { chunksOf } from "./description.js";

/** What answers a challenge. */
export interface ChunkAnswer {
  readonly chunk: Uint8Array;
  /** RFC 9162 inclusion proof. */
  readonly proof: readonly Uint8Array[];
}

/**
 * Takes a chunk and its proof out of a dataset's files, and makes sure that they are what was registered before anybody
 * pays for showing them.
 * @param registered what the chain holds
 * @throws SteleError `corrupt` where the files do not have it any more
 */
export async function answerFrom(
  dataset: Dataset,
  registered: { readonly root: Hex; readonly size: bigint },
  index: bigint,
): Promise<ChunkAnswer> {
  const { root, size } = registered;
  if (dataset.description.size !== size) {
    const sentence = `has ${dataset.description.size} bytes where ${size} are registered; restore it from a mirror`;
    throw new SteleError("corrupt", sentence, { place: { file: dataset.file } });
  }
  const chunk = await dataset.chunk(index);
  const proof = await dataset.inclusionProof(index);
  if (!verifyInclusion(leafHash(chunk), index, chunksOf(size), fromHex(root), proof)) {
    const sentence = `chunk ${index} is not what was registered any more; restore dataset ${root} from a mirror`;
    throw new SteleError("corrupt", sentence, { place: { file: dataset.file } });
  }
  return { chunk, proof };
}
