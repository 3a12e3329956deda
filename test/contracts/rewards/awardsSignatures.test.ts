import { expect } from "chai";
import { id, Signature, toBeHex } from "ethers";
import { network } from "hardhat";

import { capabilities } from "../../../sdk/chain/capabilities.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import {
  awardsDomain,
  freshNonce,
  grantDigest,
  grantTypes,
  signerOfGrant,
  type GrantTerms,
} from "../../../sdk/rewards/awards/signing.js";
import { deployAwards, tokenIn } from "../../support/awards.js";
import { testContract } from "../../support/compile.js";
import type { ActorLabel } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const forever = 2n ** 40n - 1n;
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

async function deployed() {
  const world = await deployAwards(provider);
  const { suite, actor } = world;
  const domain = awardsDomain(BigInt(suite.manifest.chainId), suite.address("Awards"));
  const terms = world.grantOf(["ada", "ben"]) as unknown as GrantTerms;
  const sign = async (
    by: ActorLabel,
    nonce: bigint,
    changes: { deadline?: bigint; domain?: object; terms?: GrantTerms } = {},
  ) =>
    actor(by).wallet.signTypedData({ ...domain, ...changes.domain }, grantTypes, {
      ...(changes.terms ?? terms),
      nonce,
      deadline: changes.deadline ?? forever,
    });
  return { ...world, domain, terms, sign, relay: world.as("stranger", "Awards") };
}

describe("Awards, granted by signature", () => {
  it("go through a stranger in any order of nonces, each once (AW6)", async () => {
    const { awards, relay, terms, sign, actor } = await loadFixture(deployed);
    const signer = actor("clerk").address;
    for (const nonce of [7n, 0n, 2n ** 256n - 1n, 255n, 256n]) {
      expect(await awards.isNonceUsed(signer, nonce)).to.equal(false);
      const signature = await sign("clerk", nonce);
      await expect(relay.grantBySignature(asStruct(terms), signer, nonce, forever, signature))
        .to.emit(awards, "NonceUsed")
        .withArgs(signer, nonce);
      await expect(relay.grantBySignature(asStruct(terms), signer, nonce, forever, signature))
        .to.be.revertedWithCustomError(awards, "AwardsNonceUsed")
        .withArgs(signer, nonce);
      expect(await awards.isNonceUsed(signer, nonce)).to.equal(true);
      expect(await awards.isNonceUsed(actor("department").address, nonce)).to.equal(false);
    }
    expect(await awards.batchCount()).to.equal(5n);
    expect((await awards.batchOf(5n)).issuer).to.equal(actor("department").member);
    expect(await awards.isNonceUsed(signer, 6n)).to.equal(false);
  });

  it("do not with another chain, contract, name, nonce, deadline, signer or grant", async () => {
    const { awards, relay, terms, sign, actor, suite } = await loadFixture(deployed);
    const signer = actor("clerk").address;
    const more = { ...terms, accounts: [...terms.accounts, actor("cai").address] };
    const signatures = [
      await sign("clerk", 1n, { domain: { chainId: 1n } }),
      await sign("clerk", 1n, { domain: { verifyingContract: suite.address("Campaigns") } }),
      await sign("clerk", 1n, { domain: { name: "Stele MeritPoints" } }),
      await sign("clerk", 1n, { domain: { version: "2" } }),
      await sign("clerk", 2n),
      await sign("clerk", 1n, { deadline: forever - 1n }),
      await sign("department", 1n),
      await sign("clerk", 1n, { terms: more }),
      await sign("clerk", 1n, { terms: { ...terms, expires: 5n } }),
      "0x",
      `0x${"00".repeat(65)}`,
    ];
    for (const signature of signatures)
      await expect(relay.grantBySignature(asStruct(terms), signer, 1n, forever, signature))
        .to.be.revertedWithCustomError(awards, "AwardsInvalidSignature")
        .withArgs(signer);
    expect(await awards.isNonceUsed(signer, 1n)).to.equal(false);
  });

  it("do not by the mirrored signature of the same key", async () => {
    const { awards, relay, terms, sign, actor } = await loadFixture(deployed);
    const signer = actor("clerk").address;
    const { r, s, v } = Signature.from(await sign("clerk", 1n));
    const mirrored = `${r}${toBeHex(order - BigInt(s), 32).slice(2)}${v === 27 ? "1c" : "1b"}`;
    for (const signature of [mirrored, Signature.from(await sign("clerk", 1n)).compactSerialized])
      await expect(
        relay.grantBySignature(asStruct(terms), signer, 1n, forever, signature),
      ).to.be.revertedWithCustomError(awards, "AwardsInvalidSignature");
  });

  it("count up to the last second of the deadline", async () => {
    const { awards, relay, terms, sign, actor } = await loadFixture(deployed);
    const signer = actor("clerk").address;
    const deadline = BigInt(await time.latest()) + 100n;
    const [one, two] = [await sign("clerk", 1n, { deadline }), await sign("clerk", 2n, { deadline })];
    await time.setNextBlockTimestamp(deadline);
    await relay.grantBySignature(asStruct(terms), signer, 1n, deadline, one);
    await time.setNextBlockTimestamp(deadline + 1n);
    await expect(relay.grantBySignature(asStruct(terms), signer, 2n, deadline, two))
      .to.be.revertedWithCustomError(awards, "AwardsExpired")
      .withArgs(deadline);
  });

  it("need the signer's capability when they are submitted, not when they were signed", async () => {
    const { awards, relay, terms, sign, actor, as, suite } = await loadFixture(deployed);
    const signature = await sign("clerk", 1n);
    await as("department", "Members").removeDelegate(actor("clerk").address);
    const call = relay.grantBySignature(asStruct(terms), actor("clerk").address, 1n, forever, signature);
    await expect(call).to.be.revertedWithCustomError(suite.contract("Members"), "MembersMissingCapability");
    expect(await awards.batchCount()).to.equal(0n);
  });

  it("can be called off by using up the nonce, even while halted (AW8)", async () => {
    const { awards, as, relay, terms, sign, actor, halt } = await loadFixture(deployed);
    const signature = await sign("clerk", 9n);
    await halt("Awards");
    await as("clerk", "Awards").useNonce(9n);
    await expect(as("clerk", "Awards").useNonce(9n)).to.be.revertedWithCustomError(awards, "AwardsNonceUsed");
    await as("stranger", "Awards").useNonce(9n); // one's own nonces only
    expect(await awards.isNonceUsed(actor("department").address, 9n)).to.equal(false);
    await expect(
      relay.grantBySignature(asStruct(terms), actor("clerk").address, 9n, forever, signature),
    ).to.be.revertedWithCustomError(awards, "HaltableHalted");
  });

  it("are taken from contracts by ERC-1271, honest ones alone", async () => {
    const { awards, relay, terms, as, domain, deployed: chain, suite } = await loadFixture(deployed);
    const puppet = await (await testContract("Puppet", chain.deployer)).deploy();
    const signer = (await puppet.getAddress()) as Hex;
    await as("department", "Members").nameDelegate(signer, capabilities.AWARDER, forever);
    const accept = suite.contract("Members").interface.encodeFunctionData("acceptDelegation", [1n]);
    await puppet.getFunction("act")(suite.address("Members"), accept);
    const digest = grantDigest(domain, { ...terms, nonce: 4n, deadline: forever });
    const submit = async (nonce: bigint) => relay.grantBySignature(asStruct(terms), signer, nonce, forever, "0x1234");
    const refused = async (nonce: bigint) =>
      expect(submit(nonce)).to.be.revertedWithCustomError(awards, "AwardsInvalidSignature").withArgs(signer);
    await refused(4n);
    for (const manner of [1, 2, 5]) {
      await puppet.getFunction("setManner")(manner);
      await refused(4n);
    }
    const useNonce = awards.interface.encodeFunctionData("useNonce", [4n]);
    await puppet.getFunction("reenterWith")(await awards.getAddress(), useNonce);
    await refused(4n);
    await puppet.getFunction("setManner")(0);
    await puppet.getFunction("approve")(digest);
    await refused(5n); // approved another nonce
    await submit(4n);
    expect(await awards.ownerOf(tokenIn(1n))).to.equal(terms.accounts[0]);
  });
});

describe("sdk/rewards/awards/signing", () => {
  it("names the signer of a grant, and nobody for another grant", async () => {
    const { domain, terms, sign, actor } = await loadFixture(deployed);
    const nonce = freshNonce();
    expect(freshNonce()).to.not.equal(nonce);
    const signature = (await sign("clerk", nonce)) as Hex;
    expect(signerOfGrant(domain, { ...terms, nonce, deadline: forever }, signature)).to.equal(actor("clerk").address);
    const other = { ...terms, typeId: 2n, nonce, deadline: forever };
    expect(signerOfGrant(domain, other, signature)).to.not.equal(actor("clerk").address);
  });

  it("is the domain and the types that the contract hashes, whatever is granted", async () => {
    const { awards, as, domain, grantOf, actor, openLog } = await loadFixture(deployed);
    const [, name, version, chainId, contract] = await eip712(await awards.getAddress());
    expect({ name, version, chainId, verifyingContract: contract }).to.deep.equal(domain);
    const log = await openLog("department", "unit-1");
    const wishes = [
      grantOf(["ada"]),
      grantOf(["ada", "ada", "dou", "eva"], { expires: forever }),
      grantOf(["ben", "cai"], { evidenceLog: log.logId, evidence: [0n, 2n ** 64n - 1n] }),
    ] as unknown as GrantTerms[];
    for (const [i, one] of wishes.entries()) {
      const nonce = BigInt(id(`nonce ${i}`));
      const signature = await actor("clerk").wallet.signTypedData(domain, grantTypes, {
        ...one,
        nonce,
        deadline: 2n ** 39n,
      });
      const by = as("outsider", "Awards");
      await by.grantBySignature(asStruct(one), actor("clerk").address, nonce, 2n ** 39n, signature);
    }
    expect(await awards.batchCount()).to.equal(BigInt(wishes.length));

    async function eip712(address: string): Promise<readonly unknown[]> {
      const abi = ["function eip712Domain() view returns (bytes1,string,string,uint256,address,bytes32,uint256[])"];
      const { Contract } = await import("ethers");
      return new Contract(address, abi, awards.runner).getFunction("eip712Domain")() as Promise<readonly unknown[]>;
    }
  });
});

/** The bindings want arrays that they could write to. */
function asStruct(terms: GrantTerms) {
  return { ...terms, accounts: [...terms.accounts], evidence: [...terms.evidence] };
}
