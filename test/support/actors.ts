import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { BaseContract } from "ethers";

/** Sends a call from any account in exactly one second; tells whether the contract let it pass. */
export type Send = (from: string, contract: BaseContract, name: string, args: readonly unknown[]) => Promise<boolean>;

/**
 * A way to act for many accounts quickly: the node impersonates them, and nothing is estimated first. A refusal by an
 * error of the contract's own is an answer; any other failure is thrown.
 */
export function actors(ethers: HardhatEthers): Send {
  const known = new Set<string>();
  const { provider } = ethers;
  return async (from, contract, name, args) => {
    if (!known.has(from)) {
      await provider.send("hardhat_impersonateAccount", [from]);
      known.add(from);
    }
    const data = contract.interface.encodeFunctionData(name, [...args]);
    const to = await contract.getAddress();
    try {
      await provider.send("eth_sendTransaction", [{ from, to, data, gas: "0x1e8480" }]);
      return true;
    } catch (error) {
      const refusal = String(error);
      if (!/custom error '[A-Z][A-Za-z]+\(/.test(refusal)) throw error;
      return false;
    }
  };
}
