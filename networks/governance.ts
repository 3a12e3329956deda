import type { Governance } from "../sdk/chain/governance/config.js";

/**
 * Who governs the suite on each shared network, and how long they wait (seconds). Written here before the first
 * deployment; the hand-over gives the roles to these accounts and the deployer keeps none.
 *
 * A development network needs no entry: accounts 1, 2 and 3 of the development mnemonic govern, guard and register.
 */
export const governance: Readonly<Record<string, Governance>> = {};
