import type { NetworkProfileInput } from "../sdk/chain/profile.js";

const port = Number(process.env["STELE_LOCAL_PORT"] ?? 8545);

/** A development node on this machine: `hardhat node` or `anvil --hardfork cancun`. */
export const profile: NetworkProfileInput = {
  name: "local",
  chainId: 31337n,
  endpoints: [`http://127.0.0.1:${port}`],
  feeMode: "dynamic",
  finality: { kind: "instant" },
  pollingInterval: 0.1,
  evm: "cancun",
};
