import { readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { toHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { isAbsent, syncFolder } from "../../common/node/files.js";
import { makeFolder } from "../../common/node/folders.js";
import { randomBytes } from "../../common/random.js";
import { openDatasetFolder, type Dataset } from "./dataset.js";
import { withFile } from "./files.js";

/** Where work that is not finished lies, on the same file system. */
const staging = ".staged";

/**
 * Datasets in a folder, each in a folder of its own named after its root: `<root>/dataset.json`, `<root>/ciphertext` (an
 * age file) and `<root>/chunks` (its tree). A dataset appears as a whole, by one rename, or not at all.
 */
export class DatasetStore {
  private constructor(readonly folder: string) {}

  /** Opens a store; makes its folder where it is missing. @throws SteleError `storage` */
  static async open(folder: string): Promise<DatasetStore> {
    const path = resolve(folder);
    makeFolder(join(path, staging));
    return new DatasetStore(path);
  }

  /** Opens a store that must be there, to read: nothing is made. @throws SteleError `missing` */
  static async openExisting(folder: string): Promise<DatasetStore> {
    const store = new DatasetStore(resolve(folder));
    await store.list();
    return store;
  }

  /** Path of a folder to prepare a dataset in, for `adopt`. @param name a new one each time, unless it is given */
  stage(name = toHex(randomBytes(16)).slice(2)): string {
    return join(this.folder, staging, name);
  }

  /**
   * Takes a prepared folder in: one rename, durable when it resolves. A dataset that the store has already stays as it
   * is, and the prepared folder goes; so a call that a kill interrupted is made again.
   * @throws SteleError `input` or `corrupt` where the folder holds no whole dataset
   */
  async adopt(stagedFolder: string): Promise<Dataset> {
    const { description } = await openDatasetFolder(stagedFolder);
    const { root } = description;
    const target = this.pathOf(root);
    if (!(await this.has(root))) {
      await withFile(target, () => rename(stagedFolder, target));
      await syncFolder(this.folder);
    } else if (resolve(stagedFolder) !== target) {
      await rm(stagedFolder, { recursive: true, force: true });
    }
    return openDatasetFolder(target, root);
  }

  /** @throws SteleError `missing` where the store does not have it; `input`, `corrupt` where it is not whole */
  async get(root: Hex): Promise<Dataset> {
    if (!(await this.has(root))) {
      throw new SteleError("missing", `there is no dataset ${root}`, { place: { file: this.folder } });
    }
    return openDatasetFolder(this.pathOf(root), root);
  }

  /** Whether there is a folder for it, whole or not. */
  async has(root: Hex): Promise<boolean> {
    const path = this.pathOf(root);
    return readdir(path).then(
      () => true,
      (error: unknown) => {
        if (isAbsent(error)) return false;
        throw error;
      },
    );
  }

  /** Roots of what the store has, in their own order. */
  async list(): Promise<Hex[]> {
    const names = await withFile(this.folder, () => readdir(this.folder));
    return names
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name): Hex => `0x${name}`)
      .toSorted();
  }

  /** Deletes the ciphertext. Without its key it was unreadable already: erasure is the key's. Idempotent. */
  async remove(root: Hex): Promise<void> {
    const aside = await this.setAside(root, `removed-${toHex(randomBytes(8)).slice(2)}`);
    if (aside !== undefined) await rm(aside, { recursive: true, force: true });
  }

  /** Moves a dataset's folder into the staging area, from where `adopt` brings it back; undefined where there is none. */
  async setAside(root: Hex, name: string): Promise<string | undefined> {
    const aside = this.stage(name);
    try {
      await rename(this.pathOf(root), aside);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
    await syncFolder(this.folder);
    return aside;
  }

  /** Brings back what was set aside, damaged as it may be, unless the dataset is there again. */
  async putBack(root: Hex, aside: string): Promise<void> {
    if (await this.has(root)) return;
    await withFile(aside, () => rename(aside, this.pathOf(root)));
    await syncFolder(this.folder);
  }

  /** Folder of a dataset, whether it is there or not. @throws SteleError `usage` where that is no root */
  pathOf(root: Hex): string {
    if (!/^0x[0-9a-fA-F]{64}$/.test(root)) throw new SteleError("usage", `"${root}" is no root of a dataset`);
    return join(this.folder, folderName(root));
  }
}

/** Name of a dataset's folder in a store, and of its path on a server. */
export function folderName(root: Hex): string {
  return root.slice(2).toLowerCase();
}
