import { type Contract, getBytes } from "ethers";
import { network } from "hardhat";

import { testContract } from "./compile.js";

export interface InclusionCase {
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export interface ConsistencyCase {
  readonly oldSize: bigint;
  readonly newSize: bigint;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The library on a chain, asked in batches, so that a sweep of many thousand cases is a few calls. */
export class MerkleHarness {
  readonly contract: Contract;

  private constructor(contract: Contract) {
    this.contract = contract;
  }

  static async deploy(): Promise<MerkleHarness> {
    const { ethers } = await network.create({ override: { blockGasLimit: 4_000_000_000n } });
    const [signer] = await ethers.getSigners();
    const factory = await testContract("MerkleTreeHarness", signer!);
    return new MerkleHarness((await factory.deploy()) as Contract);
  }

  inclusions(cases: readonly InclusionCase[]): Promise<boolean[]> {
    return this.#ask("inclusions", cases);
  }

  consistencies(cases: readonly ConsistencyCase[]): Promise<boolean[]> {
    return this.#ask("consistencies", cases);
  }

  async #ask(method: string, cases: readonly object[], batch = 1_000): Promise<boolean[]> {
    const results: boolean[] = [];
    for (let from = 0; from < cases.length; from += batch) {
      const answer: string = await this.contract.getFunction(method)(cases.slice(from, from + batch));
      for (const byte of getBytes(answer)) results.push(byte === 1);
    }
    return results;
  }
}
