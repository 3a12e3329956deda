import { join } from "node:path";

import { keccak256 } from "ethers";
import { z } from "zod";

import type { Hex } from "../common/bytes.js";
import { SteleError } from "../common/errors.js";
import { readJson } from "../common/json.js";
import { readText, writeAtomically } from "../common/node/files.js";
import { addressText, hash32, parseWith, wholeNumber } from "../common/schema.js";
import type { Connection } from "./connection.js";

const blockNumber = z.int().nonnegative();

const schema = z.strictObject({
  format: z.literal(1, { error: "is not 1, the only format that this version reads" }),
  network: z.string().min(1),
  chainId: wholeNumber,
  genesis: hash32,
  suiteId: hash32,
  deploymentBlock: blockNumber,
  directory: addressText,
  contracts: z.record(
    z.string().regex(/^[A-Z][A-Za-z0-9]{0,63}$/, "is not a contract's name"),
    z.strictObject({ address: addressText, block: blockNumber, codeHash: hash32 }),
  ),
  governance: z.strictObject({
    account: addressText,
    delays: z.record(z.string(), z.int().nonnegative()),
  }),
});

/** A contract of the suite as it was deployed. */
export interface DeployedContract {
  readonly address: Hex;
  /** Block of the deployment; log queries start here. */
  readonly block: number;
  /** keccak256 of the runtime code. */
  readonly codeHash: Hex;
}

/** A deployment of the suite on one network, written by the deploy steps and read by everything else. */
export interface Manifest {
  readonly format: 1;
  readonly network: string;
  readonly chainId: bigint;
  /** Hash of block 0. */
  readonly genesis: Hex;
  readonly suiteId: Hex;
  readonly deploymentBlock: number;
  readonly directory: Hex;
  readonly contracts: Readonly<Record<string, DeployedContract>>;
  /** Who governs, and the delays in seconds by name. */
  readonly governance: { readonly account: Hex; readonly delays: Readonly<Record<string, number>> };
}

/** Where the manifest of a network lies. */
export function manifestPath(network: string, folder = "deployments"): string {
  return join(folder, network, "manifest.json");
}

const rebuild =
  "move it away and run the deployment again: it finds the contracts on the chain and writes the file anew";

/**
 * Reads a manifest.
 * @throws SteleError `missing` where there is none, `input` where it is torn or wrong; both say what to do
 */
export async function readManifest(file: string): Promise<Manifest> {
  const text = await readText(file, file, "there is no deployment here; deploy the suite first, or name its manifest");
  try {
    return parseWith(schema, readJson(text, { file }), { file });
  } catch (error) {
    if (!(error instanceof SteleError)) throw error;
    throw new SteleError("input", `${error.sentence}; ${rebuild}`, { place: error.place, cause: error });
  }
}

/** Writes a manifest so that a reader finds the old one or the new one, never a part. */
export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  const value = { ...manifest, chainId: manifest.chainId.toString() };
  parseWith(schema, value, { file });
  await writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Refuses a manifest of another chain.
 * @param file for the message
 * @throws SteleError `network`
 */
export function requireSameChain(connection: Connection, manifest: Manifest, file: string): void {
  const { profile, genesis } = connection;
  if (manifest.chainId !== profile.chainId) {
    const sentence = `is a deployment on chain ${manifest.chainId}, but network "${profile.name}" is chain ${profile.chainId}`;
    throw new SteleError("network", sentence, { place: { file, field: "chainId" } });
  }
  if (manifest.genesis !== genesis) {
    const sentence =
      `is a deployment on a chain with genesis ${manifest.genesis}, but network "${profile.name}" ` +
      `has genesis ${genesis}; if that chain was thrown away, move the file away and deploy again`;
    throw new SteleError("network", sentence, { place: { file, field: "genesis" } });
  }
}

/**
 * Holds every contract of a manifest against the code on the chain.
 * @throws SteleError `corrupt`, naming the first contract that is not what was deployed
 */
export async function requireSameCode(connection: Connection, manifest: Manifest, file: string): Promise<void> {
  for (const [name, { address, codeHash }] of Object.entries(manifest.contracts)) {
    const code = await connection.provider.getCode(address, "latest");
    const place = { file, field: `contracts.${name}` };
    if (code === "0x") throw new SteleError("corrupt", `there is no contract at ${address}`, { place });
    const actual = keccak256(code);
    if (actual !== codeHash) {
      throw new SteleError("corrupt", `the code at ${address} hashes to ${actual}, not ${codeHash}`, { place });
    }
  }
}
