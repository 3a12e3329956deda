import { localProfile } from "../sdk/chain/profile-file.js";
import type { NetworkProfileInput } from "../sdk/chain/profile.js";

/** A development node on this machine: `hardhat node` or `anvil --hardfork cancun`. */
export const profile: NetworkProfileInput = localProfile;
