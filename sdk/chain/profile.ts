import { z } from "zod";

import type { Place } from "../common/errors.js";
import { parseWith, wholeNumber } from "../common/schema.js";

const endpoint = z.url({ protocol: /^https?$/, error: "is not an http or https URL" }).refine((url) => {
  if (!URL.canParse(url)) return true; // refused above
  const { username, password } = new URL(url);
  return username === "" && password === "";
}, "must not hold a user name or password");

const finality = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("instant") }),
  z.strictObject({ kind: z.literal("confirmations"), blocks: z.int().min(1).max(10_000) }),
]);

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "is not a name of lower-case letters, digits and hyphens"),
  chainId: wholeNumber.refine((id) => id > 0n, "must be at least 1"),
  endpoints: z.array(endpoint).min(1, "needs at least one URL").readonly(),
  feeMode: z.enum(["zero", "legacy", "dynamic"], { error: 'is none of "zero", "legacy", "dynamic"' }),
  finality,
  pollingInterval: z.number().min(0.01).max(60),
  evm: z.literal("cancun", { error: 'must be "cancun"' }),
  logRange: z.int().min(1).max(1_000_000).default(2_000),
});

/**
 * What the SDK has to know of a network. Nothing else is asked of a node than what Ethereum's base JSON-RPC methods
 * give: no `finalized` or `safe` tag, no debug call, no fee history, no block gas limit.
 */
export interface NetworkProfile {
  /** Lower-case letters, digits, hyphens. */
  readonly name: string;
  readonly chainId: bigint;
  /** http(s) URLs of nodes of this one chain, in order of preference; another one is used while one is down. */
  readonly endpoints: readonly string[];
  /** `zero`: gas price 0. `legacy`: one gas price, as the node says. `dynamic`: EIP-1559. */
  readonly feeMode: "zero" | "legacy" | "dynamic";
  /** When a transaction counts: as soon as it is in a block, or with so many blocks on top of its own. */
  readonly finality: { readonly kind: "instant" } | { readonly kind: "confirmations"; readonly blocks: number };
  /** Seconds between two looks at the chain while something is awaited. */
  readonly pollingInterval: number;
  /** EVM level that the contracts need. */
  readonly evm: "cancun";
  /** Blocks that one `eth_getLogs` may span. */
  readonly logRange: number;
}

/** A profile as it is written down: chain id also as decimal text or number, `logRange` may be left out. */
export type NetworkProfileInput = Omit<NetworkProfile, "chainId" | "logRange"> & {
  readonly chainId: bigint | number | string;
  readonly logRange?: number;
};

/**
 * Checks a profile from outside.
 * @throws SteleError `input`, naming the field
 */
export function parseProfile(value: unknown, place?: Place): NetworkProfile {
  return parseWith(schema, value, place);
}

/** An endpoint as it may be shown: without path and query, which may hold an access key. */
export function shownEndpoint(url: string): string {
  return new URL(url).origin;
}
