import { id, type TransactionRequest, type TransactionResponse, ZeroHash } from "ethers";
import { network } from "hardhat";

import { fromHex, type Hex, toHex } from "../../sdk/common/bytes.js";
import { awardsDomain, grantTypes } from "../../sdk/rewards/awards/signing.js";
import { encodeLeaf } from "../../sdk/rewards/campaign/leaf.js";
import { type AwardsSuite, deployAwards, reason, tokenIn } from "../../test/support/awards.js";
import { Category, day } from "../../test/support/rewards.js";
import { referenceLeafHash, VirtualTree } from "../../test/support/virtualTree.js";
import { FRESH_SLOT, gasOf, intrinsic, USED_SLOT } from "./gas.js";
import { type PeerFigures, peers } from "./rewards/peers.js";
import { type Row, row } from "./types.js";

// Gas is exact: fixed genesis time, fixed keys, and a fixed second for what depends on it (the power of a grant).
const MIDNIGHT = 1_767_225_600n; // 2026-01-01 00:00:00 UTC
const BATCH = 500;
const gas = { gasLimit: 50_000_000n };
const deadline = MIDNIGHT + 3_650n * BigInt(day);
const erc721 = "OpenZeppelin ERC721, Locked";
const erc1155 = "OpenZeppelin ERC1155";
const eas = "EAS";

interface World extends AwardsSuite {
  readonly accounts: readonly Hex[];
  readonly peer: PeerFigures;
  /** The second in which the next block is made. */
  at(time: bigint): Promise<void>;
}

/** Gas of awards, campaigns and points, in whole transactions with their 21,000 and their calldata. */
export async function rows(): Promise<readonly Row[]> {
  const { provider, networkHelpers } = await network.create({
    override: { initialDate: new Date(Number(MIDNIGHT) * 1000), blockGasLimit: 500_000_000n },
  });
  const awards = await deployAwards(provider);
  const accounts: Hex[] = [];
  for (let i = 0; i < BATCH; i++) accounts.push((await awards.enrol(`person ${i}`)).address);
  const at = (time: bigint) => networkHelpers.time.setNextBlockTimestamp(time);
  await networkHelpers.time.increaseTo(MIDNIGHT + 86_400n);
  const world = { ...awards, accounts, at, peer: await peers(awards.actor("stranger").wallet, accounts) };
  return [
    ...(await ofGrants(world)),
    ...(await ofPoints(world)),
    ...(await ofCampaigns(world)),
    ...(await ofMigration(world, (seconds) => networkHelpers.time.increase(seconds))),
    ...(await ofEvidence(world)),
  ];
}

async function ofGrants(world: World): Promise<Row[]> {
  const { accounts, grantOf, peer } = world;
  const awards = world.as("department", "Awards");
  const first = await awards.grant(grantOf(accounts), gas);
  const batch = await awards.grant(grantOf(accounts), gas);
  const single = await awards.grant(grantOf([accounts[0]!]), gas);
  const last = tokenIn(await awards.batchCount());
  const signed = await bySignature(world, accounts[0]!, 1n);
  const signedAgain = await bySignature(world, accounts[0]!, 2n);
  const valid = await ask(world, await awards.isValid.populateTransaction(last));
  const revoked = await awards.revoke(last, reason, gas);
  const wholeBatch = await awards.revokeBatch(1n, reason, gas);
  return [
    await figure("award to an admitted holder, batch of 500, each", batch, {
      peer: [erc721, peer.token.batch],
      each: BATCH,
      fresh: BATCH + 1,
      used: BATCH + 1,
    }),
    await figure("award to an admitted holder, batch of 500, each (EAS)", batch, {
      peer: [eas, peer.eas.batch],
      each: BATCH,
      fresh: BATCH + 1,
      used: BATCH + 1,
    }),
    await figure("award to a holder not admitted before, batch of 500, each", first, {
      each: BATCH,
      fresh: 3 * BATCH + 1,
      used: 1,
    }),
    await figure("award, single", single, { peer: [erc721, peer.token.single], fresh: 2, used: 2 }),
    await figure("award, single (EAS)", single, { peer: [eas, peer.eas.single], fresh: 2, used: 2 }),
    await figure("award by signature, the signer's first", signed, { fresh: 3, used: 2 }),
    await figure("award by signature, a later one", signedAgain, { fresh: 2, used: 3 }),
    await figure("award revoked", revoked, { peer: [erc721 + ", burnt", peer.token.burn], used: 1 }),
    await figure("award revoked (EAS)", revoked, { peer: [eas, peer.eas.revoke], used: 1 }),
    await figure("batch of 500 revoked", wholeBatch, { used: 1 }),
    await figure("award isValid, a token", valid, { peer: [eas, peer.eas.isValid] }),
  ];
}

/** Each award rests on a record of its own. */
async function ofEvidence(world: World): Promise<Row[]> {
  const { logId } = await world.openLog("department", "unit-1");
  const { accounts } = world;
  const evidence = accounts.map((_, i) => 100_000n + BigInt(i));
  const wish = { evidenceLog: logId, evidence };
  const batch = await world.as("department", "Awards").grant(world.grantOf(accounts, wish), gas);
  const name = "award with evidence to an admitted holder, batch of 500, each";
  return [await figure(name, batch, { each: BATCH, fresh: BATCH + 2, used: BATCH + 1 })];
}

async function ofPoints(world: World): Promise<Row[]> {
  const { accounts, peer } = world;
  const points = world.as("department", "MeritPoints");
  const type = await world.publishType({ points: 10n });
  const opening = MIDNIGHT + 30n * BigInt(day);
  await world.at(opening);
  await points.openScale(Category.Training, 365 * day, gas);
  await world.at(opening + BigInt(day));
  const first = await points.grant(type, [...accounts], gas);
  await world.at(opening + 200n * BigInt(day));
  const repeat = await points.grant(type, [...accounts], gas);
  await world.at(opening + 201n * BigInt(day));
  const single = await points.grant(type, [accounts[0]!], gas);
  const grantId = await points.grantCount();
  const adjusted = await points.adjust(grantId, [accounts[0]!], [0], 4n, reason, gas);
  return [
    await figure("points, first award, batch of 500, each", first, {
      peer: [erc1155, peer.points.first],
      each: BATCH,
      fresh: BATCH + 2,
      used: 1,
    }),
    await figure("points, repeat award, batch of 500, each", repeat, {
      peer: [erc1155, peer.points.repeat],
      each: BATCH,
      fresh: 2,
      used: BATCH + 1,
    }),
    await figure("points, single repeat award", single, { fresh: 2, used: 2 }),
    await figure("points adjusted, one account", adjusted, { fresh: 1, used: 1 }),
  ];
}

async function ofCampaigns(world: World): Promise<Row[]> {
  const found: Row[] = [];
  await world.as("stranger", "Awards").admit([world.actor("ada").address]);
  for (const [size, words] of [
    [10_000n, "10,000"],
    [1_000_000n, "1,000,000"],
  ] as const) {
    const at = (size * 6n) / 10n;
    const salt = fromHex(id(`salt of ${words}`) as Hex);
    const bytes = encodeLeaf({ subject: fromHex(world.subject("ada")), salt });
    const common = referenceLeafHash(encodeLeaf({ subject: fromHex(id("anybody") as Hex), salt }));
    const tree = new VirtualTree(common, new Map([[at, referenceLeafHash(bytes)]]));
    const root = toHex(tree.root(size));
    const contract = world.as("department", "Campaigns");
    const opened = await contract.open(root, size, 0n, world.plainType, gas);
    const issuer = world.actor("department").member;
    const terms = { root, size, typeId: world.plainType, issuer, expires: 0n };
    const leaf = {
      subject: world.subject("ada"),
      evidenceLog: ZeroHash,
      evidenceIndex: 0n,
      content: ZeroHash,
      salt: toHex(salt),
    };
    const proof = tree.inclusion(at, size).map(toHex);
    const valid = await ask(world, await contract.isValid.populateTransaction(terms, leaf, at, proof));
    const made = await world.as("ada", "Awards").materialise(terms, leaf, at, proof, deadline, "0x", gas);
    const revoked = await contract.revokeLeaf(terms, at - 1n, reason, gas);
    found.push(
      await figure(`campaign of ${words} awards, in all`, opened, { fresh: 1 }),
      await figure(`award isValid, a leaf of ${words}`, valid),
      await figure(`award materialised, a campaign's first, of ${words}`, made, { fresh: 4, used: 2 }),
      await figure(`award of a campaign revoked, of ${words}`, revoked, { fresh: 1, used: 1 }),
    );
  }
  return found;
}

async function ofMigration(world: World, pass: (seconds: number) => Promise<unknown>): Promise<Row[]> {
  const batch = await world.grant(Array.from({ length: 11 }, () => "ben" as const));
  await world.recover(world.subject("ben"), "fresh", pass);
  const awards = world.as("stranger", "Awards");
  const ten = Array.from({ length: 10 }, (_, i) => tokenIn(batch, i));
  const moved = await awards.migrate(ten, gas);
  return [
    await figure("awards migrated, ten of one holder", moved, { peer: [erc721, world.peer.token.moveTen], used: 12 }),
  ];
}

/** A grant of one award that the department signed and somebody else sends. */
async function bySignature(world: World, account: Hex, nonce: bigint): Promise<TransactionResponse> {
  const { wallet } = world.actor("department");
  const grant = world.grantOf([account]);
  const domain = awardsDomain(world.suite.manifest.chainId, world.suite.address("Awards"));
  const signature = await wallet.signTypedData(domain, grantTypes, { ...grant, nonce, deadline });
  return world.as("stranger", "Awards").grantBySignature(grant, wallet.address, nonce, deadline, signature, gas);
}

/** A reading as a transaction, so that it has gas. */
async function ask(world: World, call: TransactionRequest): Promise<TransactionResponse> {
  return world.actor("stranger").wallet.sendTransaction({ ...call, ...gas });
}

interface Beside {
  readonly peer?: readonly [name: string, gas: number];
  /** Among how many the transaction's gas is divided; 1 unless given. */
  readonly each?: number;
  /** Slots that it cannot do without: written for the first time, and written again. */
  readonly fresh?: number;
  readonly used?: number;
}

/** Its floor is the transaction itself, its events and the slots that it has to write. */
async function figure(
  name: string,
  tx: TransactionResponse,
  { peer, each = 1, fresh = 0, used = 0 }: Beside = {},
): Promise<Row> {
  const value = Math.round((await gasOf(tx)) / each);
  const writing = fresh * FRESH_SLOT + used * USED_SLOT;
  const floor = Math.round((intrinsic(tx) + writing + (await telling(tx))) / each);
  const beside = peer === undefined ? {} : { peer: { name: peer[0], value: Math.round(peer[1] / each) } };
  return row({ name, unit: "gas", value, floor, better: "less", ...beside });
}

/** Gas of a transaction's events: 375 each and a topic, 8 a byte. */
async function telling(tx: TransactionResponse): Promise<number> {
  const { logs = [] } = (await tx.wait()) ?? {};
  return logs.reduce((sum, { topics, data }) => sum + 375 + 375 * topics.length + 8 * (data.length / 2 - 1), 0);
}
