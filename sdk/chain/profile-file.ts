import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { SteleError, sentenceOf } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { isAbsent, readText as readUtf8 } from "../common/node/files.js";
import { parseProfile, type NetworkProfile, type NetworkProfileInput } from "./profile.js";

/** A development node on this machine, `hardhat node` or anvil; what "local" means where no file says otherwise. */
export const localProfile: NetworkProfileInput = {
  name: "local",
  chainId: 31_337n,
  endpoints: [`http://127.0.0.1:${Number(process.env["STELE_LOCAL_PORT"] ?? 8545)}`],
  feeMode: "dynamic",
  finality: { kind: "instant" },
  pollingInterval: 0.1,
  evm: "cancun",
};

/**
 * Finds a network's profile: `networks/NAME.ts` (or `.js`, `.json`) for a name, or a JSON file for a path that ends in
 * `.json`. A module exports the profile as `profile`.
 * @param folder relative paths and `networks/` are looked up here
 * @throws SteleError `missing` or `input`
 */
export async function loadProfile(nameOrFile: string, folder: string = process.cwd()): Promise<NetworkProfile> {
  if (nameOrFile.endsWith(".json")) {
    const file = isAbsolute(nameOrFile) ? nameOrFile : resolve(folder, nameOrFile);
    const profile = await fromJson(file);
    if (profile === undefined) throw new SteleError("missing", `there is no network profile ${nameOrFile}`);
    return profile;
  }
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(nameOrFile)) {
    throw new SteleError("usage", `"${nameOrFile}" is neither the name of a network nor a .json file`);
  }
  const base = join(folder, "networks", nameOrFile);
  const profile =
    (await fromModule(`${base}.ts`)) ??
    (await fromModule(`${base}.js`)) ??
    (await fromJson(`${base}.json`)) ??
    (nameOrFile === "local" ? parseProfile(localProfile) : undefined);
  if (profile === undefined) {
    throw new SteleError("missing", `there is no network profile networks/${nameOrFile}.ts; give one, or a .json file`);
  }
  if (profile.name !== nameOrFile) {
    throw new SteleError("input", `is "${profile.name}", but the file is called ${nameOrFile}`, {
      place: { file: `networks/${nameOrFile}`, field: "name" },
    });
  }
  return profile;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readUtf8(file);
  } catch (error) {
    if (error instanceof SteleError && isAbsent(error.cause)) return undefined;
    throw error;
  }
}

async function fromJson(file: string): Promise<NetworkProfile | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : parseProfile(readJson(text, { file }), { file });
}

async function fromModule(file: string): Promise<NetworkProfile | undefined> {
  if ((await readText(file)) === undefined) return undefined;
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new SteleError("input", `cannot be loaded: ${sentenceOf(cause)}`, { place: { file }, cause });
  }
  if (module["profile"] === undefined) {
    throw new SteleError("input", 'does not export a "profile"', { place: { file } });
  }
  return parseProfile(module["profile"], { file });
}
