import { readFile, readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";

import { SteleError, sentenceOf } from "../../common/errors.js";
import { writeAtomically } from "../../common/node/files.js";
import { parseState, type StateStore } from "./state.js";

/** The deployment's memory within a network's folder. The dot keeps it out of hardhat-deploy's own list. */
export function statePath(folder: string): string {
  return join(folder, ".stele.json");
}

/**
 * Keeps a deployment's state in its network's folder.
 * `load` throws SteleError `corrupt` where the file is torn, and says how to rebuild it.
 */
export function fileStore(folder: string): StateStore {
  const file = statePath(folder);
  return {
    async load() {
      const value = await readJson(file);
      if (value === undefined) return undefined;
      try {
        return parseState(value, { file });
      } catch (error) {
        throw new SteleError("corrupt", `${sentenceOf(error)}; ${remedy(file)}`, { cause: error });
      }
    },
    async save(state) {
      await ensureRecordedChain(folder, state.chainId, state.genesis);
      await writeAtomically(file, `${JSON.stringify(state, null, 2)}\n`);
    },
  };
}

/** Reads a JSON file; nothing where there is none. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SteleError("missing", `cannot be read: ${sentenceOf(cause)}`, { place: { file }, cause });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SteleError("corrupt", `is torn or not JSON; ${remedy(file)}`, { place: { file }, cause });
  }
}

function remedy(file: string): string {
  const name = basename(file);
  if (name === ".stele.json" || name === "manifest.json") {
    return "move it away and rebuild it from the chain with `stele deployment rebuild --directory ADDRESS`";
  }
  return "move it away and run the deployment again, which writes it anew from the chain";
}

/** Whether hardhat-deploy writes a file of this name. It does so in place, so that a kill leaves a part of it. */
function isRecord(name: string): boolean {
  return name === ".migrations.json" || (/^[^.].*\.json$/.test(name) && name !== "manifest.json");
}

/**
 * Looks through a network's folder before anybody else reads it: every JSON file must be whole. A torn record of
 * hardhat-deploy is set aside as `NAME.torn`: the run writes it anew, since all it says stands in the deployment's own
 * memory and on the chain.
 * @returns the names of the records set aside
 * @throws SteleError `corrupt` for any other file that is torn, naming it and how to rebuild it
 */
export async function setTornRecordsAside(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const torn: string[] = [];
  for (const name of names.filter((name) => name.endsWith(".json") || name === ".chain").sort()) {
    const file = join(folder, name);
    try {
      await readJson(file);
    } catch (error) {
      if (!isRecord(name) || (error as SteleError).code !== "corrupt") throw error;
      await rename(file, `${file}.torn`);
      torn.push(name);
    }
  }
  return torn;
}

/**
 * The chain that hardhat-deploy's own records in a folder belong to; nothing where there are none. It would delete them
 * silently on another chain, so this is asked first.
 */
export async function recordedChain(folder: string): Promise<{ chainId: string; genesis: string } | undefined> {
  const value = (await readJson(join(folder, ".chain"))) as { chainId?: unknown; genesisHash?: unknown } | undefined;
  if (typeof value?.chainId !== "string" || typeof value.genesisHash !== "string") return undefined;
  return { chainId: value.chainId, genesis: value.genesisHash };
}

/** hardhat-deploy refuses a folder without this file, so it comes first. */
async function ensureRecordedChain(folder: string, chainId: string, genesis: string): Promise<void> {
  if ((await recordedChain(folder)) !== undefined) return;
  await writeAtomically(join(folder, ".chain"), JSON.stringify({ chainId, genesisHash: genesis }));
}
