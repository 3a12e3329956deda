import { AbiCoder, type Interface, concat, getCreateAddress, keccak256 } from "ethers";

import { type Hex, fromHex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";

/** What creates a contract: its creation code with the constructor's arguments behind it. */
export function initCodeOf(bytecode: string, abi: Interface, args: readonly unknown[]): Hex {
  return concat([bytecode, abi.encodeDeploy(args)]) as Hex;
}

/** The address that an account's creation with this nonce gets. */
export function createdAddress(from: string, nonce: number): string {
  return getCreateAddress({ from, nonce });
}

const push32 = 0x7f;
const probeLength = 32;

/**
 * Whether deployed code is what this creation code deploys: every byte, metadata included, but for immutables. Those
 * are zeros behind a PUSH32 in the creation code, and their values on chain. No trust in the metadata's length: some
 * via-IR creation code does not end in metadata.
 */
export function deploysRuntime(creation: string, runtime: string): boolean {
  const whole = fromHex(creation);
  const code = fromHex(runtime);
  if (code.length === 0) return false;
  const probe = Math.min(probeLength, code.length);
  for (let start = 0; start + code.length <= whole.length; start++) {
    let same = 0;
    while (same < probe && whole[start + same] === code[same]) same++;
    if (same === probe && sameButImmutables(whole.subarray(start, start + code.length), code)) return true;
  }
  return false;
}

function sameButImmutables(template: Uint8Array, code: Uint8Array): boolean {
  let i = 0;
  while (i < code.length) {
    if (template[i] === push32 && code[i] === push32 && isZero(template.subarray(i + 1, i + 33))) i += 33;
    else if (template[i] === code[i]) i++;
    else return false;
  }
  return true;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.length === 32 && bytes.every((byte) => byte === 0);
}

/**
 * The suite's id, fixed at its first deployment; every id derives from it, so a successor contract keeps them.
 * @param salt 32 bytes, tells two suites of one deployer on one chain apart
 */
export function suiteIdOf(chainId: bigint, genesis: string, deployer: string, salt: string): Hex {
  const types = ["uint256", "bytes32", "address", "bytes32"];
  try {
    return keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, genesis, deployer, salt])) as Hex;
  } catch (cause) {
    throw new SteleError("input", "a suite id needs a chain id, a genesis hash, a deployer and 32 bytes of salt", {
      cause,
    });
  }
}
