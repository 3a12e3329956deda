import { readdirSync } from "node:fs";

import { configVariable } from "hardhat/config";
import type { NetworkUserConfig } from "hardhat/types/config";

import { developmentMnemonic } from "../../sdk/chain/development.js";
import { parseProfile, type NetworkProfile, type NetworkProfileInput } from "../../sdk/chain/profile.js";

/** Hardhat's networks: the in-process chain, and one for each profile in networks/. */
export async function hardhatNetworks(): Promise<Record<string, NetworkUserConfig>> {
  const folder = new URL("../../networks/", import.meta.url);
  const networks: Record<string, NetworkUserConfig> = {
    hardhat: { type: "edr-simulated", chainType: "l1", hardfork: "cancun" },
    // What `network.create()` and `hardhat test` use; left out, it would run the rules of Hardhat's newest default.
    default: { type: "edr-simulated", chainType: "l1", hardfork: "cancun" },
  };
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort()) {
    const module = (await import(new URL(file, folder).href)) as { profile?: NetworkProfileInput };
    if (module.profile === undefined) continue;
    const profile = parseProfile(module.profile, { file: `networks/${file}` });
    networks[profile.name] = httpNetwork(profile);
  }
  return networks;
}

/** Whether every endpoint is on this machine. */
export function isDevelopment(profile: NetworkProfile): boolean {
  return profile.endpoints.every((url) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname));
}

function httpNetwork(profile: NetworkProfile): NetworkUserConfig {
  const zeroFee = profile.feeMode === "zero" ? { gasPrice: 0n } : {};
  return {
    type: "http",
    chainType: "l1",
    url: profile.endpoints[0] ?? "",
    chainId: Number(profile.chainId),
    accounts: isDevelopment(profile) ? { mnemonic: developmentMnemonic } : [configVariable("STELE_DEPLOYER_KEY")],
    ...zeroFee,
  };
}
