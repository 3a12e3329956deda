import type { Hex } from "../../common/bytes.js";
import type { Work } from "../../log/audit.js";
import type { DatasetDescription } from "./description.js";
import { HttpSource, type HttpSourceOptions } from "./http-source.js";
import { DatasetStore } from "./store.js";

/** Where datasets can be had. Nothing that it says is believed: everything is held against the root. */
export interface DatasetSource {
  /** Folder or URL, for messages. */
  readonly name: string;
  describe(root: Hex, signal?: AbortSignal): Promise<DatasetDescription>;
  /** All leaf hashes, 32 bytes each, one after the other. */
  leafHashes(root: Hex, chunks: bigint, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes of the ciphertext from `from` to below `to`. */
  bytes(root: Hex, from: bigint, to: bigint, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Another store on this machine, or on a disk that was brought here. */
export class FolderSource implements DatasetSource {
  readonly #store: DatasetStore;

  private constructor(
    readonly name: string,
    store: DatasetStore,
  ) {
    this.#store = store;
  }

  /** @throws SteleError `missing` where there is no such folder */
  static async open(folder: string, name = folder): Promise<FolderSource> {
    return new FolderSource(name, await DatasetStore.openExisting(folder));
  }

  async describe(root: Hex): Promise<DatasetDescription> {
    return (await this.#store.get(root)).description;
  }

  async *leafHashes(root: Hex, chunks: bigint, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* (await this.#store.get(root)).leafHashes(0n, chunks, workOf(signal));
  }

  async *bytes(root: Hex, from: bigint, to: bigint, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* (await this.#store.get(root)).bytes(from, to, workOf(signal));
  }
}

/**
 * Opens a source: `http://...` or `https://...` is a server (`stele dataset serve`), anything else a folder.
 * @throws SteleError `missing`, `usage`
 */
export async function openSource(where: string, options: HttpSourceOptions = {}): Promise<DatasetSource> {
  return /^https?:\/\//i.test(where) ? new HttpSource(where, options) : FolderSource.open(where);
}

function workOf(signal: AbortSignal | undefined): Work {
  return signal === undefined ? {} : { signal };
}
