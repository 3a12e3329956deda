import { z } from "zod";

import type { Place } from "../../common/errors.js";
import { parseWith } from "../../common/schema.js";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/, "is not 32 bytes of hex");
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "is not an address");

const creation = z.strictObject({
  address,
  /** The account and nonce that the address follows from. */
  from: address,
  nonce: z.int().min(0),
  /** keccak256 of creation code and constructor arguments; absent where the state was rebuilt from the chain. */
  initCodeHash: hash.optional(),
  /** The first block that can hold its events. */
  block: z.int().min(0),
});

/** What a deployment has to remember between two runs; written before each creation is broadcast. */
export const stateSchema = z.strictObject({
  format: z.literal(1),
  chainId: z.string().regex(/^\d+$/, "is not a chain id"),
  genesis: hash,
  /** The account that deployed first, the AccessManager's first admin. */
  deployer: address,
  suiteId: hash,
  /** The block after which the deployment began. */
  block: z.int().min(0),
  contracts: z.record(z.string(), creation),
  /** Contracts that a successor replaced, oldest first. */
  replaced: z.array(creation.extend({ name: z.string() })),
});

export type Creation = z.infer<typeof creation>;
export type DeploymentState = z.infer<typeof stateSchema>;

/** Where a deployment's state is kept. `save` must be atomic. */
export interface StateStore {
  load(): Promise<DeploymentState | undefined>;
  save(state: DeploymentState): Promise<void>;
}

/** For chains that end with the process. */
export function memoryStore(initial?: DeploymentState): StateStore {
  let kept = initial === undefined ? undefined : structuredClone(initial);
  return {
    load: async () => (kept === undefined ? undefined : structuredClone(kept)),
    save: async (state) => void (kept = structuredClone(state)),
  };
}

/**
 * Reads a state.
 * @throws SteleError `input`, naming the field
 */
export function parseState(value: unknown, place?: Place): DeploymentState {
  return parseWith(stateSchema, value, place);
}
