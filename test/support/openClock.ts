import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { expect } from "chai";
import { type Contract, id } from "ethers";

import type { Outage } from "../../sdk/chain/open-clock.js";
import { deployAuthority } from "./authority.js";
import { testContract } from "./compile.js";

/** A reason for an outage. */
export const REASON = id("power cut");

/** An OpenClock, its guardian, and questions and acts in exactly the second that a test names. */
export async function deployClock(ethers: HardhatEthers, { time }: NetworkHelpers) {
  const { clock, signers } = await deployAuthority(ethers);
  const probe = (await (await testContract("AuthorityProbe", signers.admin)).deploy()) as Contract;
  const guardian = clock.connect(signers.guardian);
  /** Declares an outage in exactly the second `at`. */
  const declareAt = async (at: bigint, duration: bigint) => {
    await time.setNextBlockTimestamp(at);
    return guardian.declareOutage(duration, REASON);
  };
  const endAt = async (at: bigint) => {
    await time.setNextBlockTimestamp(at);
    return guardian.endOutage();
  };
  /** What the contract says of each moment, in a block of the second `at`. */
  const elapsedAt = async (at: bigint, ...since: bigint[]): Promise<bigint[]> => {
    if (BigInt(await time.latest()) < at) await time.increaseTo(at);
    const [asked, open] = (await probe.getFunction("elapsed")(await clock.getAddress(), since)) as [bigint, bigint[]];
    expect(asked, "the second of the question").to.equal(at);
    return [...open];
  };
  const outages = async (): Promise<Outage[]> => {
    const count = Number(await clock.outageCount());
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const [from, until] = await clock.outageAt(i);
        return { from, until };
      }),
    );
  };
  const start = BigInt(await time.latest()) + 100n;
  return { clock, signers, probe, guardian, declareAt, endAt, elapsedAt, outages, start };
}
