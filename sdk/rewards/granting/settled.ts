import { keccak256, toBeHex, zeroPadValue } from "ethers";

import { concat, fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import type { GrantTerms } from "../awards/signing.js";

/*
 * What an import finds on the chain of its own former runs, whatever became of the journals on this machine: a campaign
 * by its root, a batch by its nonce or by its accounts, points by their accounts.
 */

/** A settled step: what came of it, and in which block. */
export interface Settled<T> {
  readonly value: T;
  readonly block: number;
}

/** The campaign with this root that a member opened under a type, if it did. */
export async function findCampaign(
  suite: Suite,
  source: LogSource,
  { typeId, issuer, root, size }: Omit<CampaignTerms, "expires">,
): Promise<Settled<CampaignTerms> | undefined> {
  const abi = suite.contract("Campaigns").interface;
  const topic = abi.getEvent("CampaignOpened").topicHash;
  const indexed = [null, numberTopic(typeId), numberTopic(issuer)];
  for await (const log of logsInRanges(source, [suite.address("Campaigns")], [topic], indexed)) {
    const { args } = abi.parseLog(log)!;
    if (args["root"] !== root || args["size"] !== size) continue;
    const terms = { root, size, typeId, issuer, expires: args["expires"] as bigint };
    return { value: terms, block: log.blockNumber };
  }
  return undefined;
}

/** The batch that a signer's nonce was used for. */
export async function findBatchOfNonce(
  suite: Suite,
  source: LogSource,
  signer: Hex,
  nonce: bigint,
): Promise<Settled<bigint> | undefined> {
  if (!(await suite.contract("Awards").isNonceUsed(signer, nonce))) return undefined;
  const abi = suite.contract("Awards").interface;
  const used = abi.getEvent("NonceUsed").topicHash;
  for await (const log of logsInRanges(source, [suite.address("Awards")], [used], [zeroPadValue(signer, 32)])) {
    if (abi.parseLog(log)!.args["nonce"] !== nonce) continue;
    const { batch } = await granted(suite, source, log.transactionHash as Hex);
    return { value: batch, block: log.blockNumber };
  }
  return undefined;
}

/** The batch of a member that granted exactly this, if there is one. */
export async function findBatch(
  suite: Suite,
  source: LogSource,
  grant: GrantTerms,
  issuer: bigint,
): Promise<Settled<bigint> | undefined> {
  const abi = suite.contract("Awards").interface;
  const topic = abi.getEvent("BatchGranted").topicHash;
  const indexed = [null, numberTopic(grant.typeId), numberTopic(issuer)];
  for await (const log of logsInRanges(source, [suite.address("Awards")], [topic], indexed)) {
    const { args } = abi.parseLog(log)!;
    if (args["evidenceLog"] !== grant.evidenceLog || args["count"] !== BigInt(grant.accounts.length)) continue;
    const { batch, owners } = await granted(suite, source, log.transactionHash as Hex);
    if (sameAccounts(owners, grant.accounts)) return { value: batch, block: log.blockNumber };
  }
  return undefined;
}

/** What a transaction granted: the batch, and the owners in their order. */
export async function granted(
  suite: Suite,
  source: Pick<LogSource, "provider">,
  hash: Hex,
): Promise<{ readonly batch: bigint; readonly owners: readonly Hex[] }> {
  const abi = suite.contract("Awards").interface;
  let batch: bigint | undefined;
  const owners: Hex[] = [];
  for (const log of await logsOf(source, hash, suite.address("Awards"))) {
    const event = abi.parseLog(log);
    if (event?.name === "BatchGranted") batch = event.args["batch"] as bigint;
    if (event?.name === "Transfer") owners.push(event.args["to"] as Hex);
  }
  if (batch === undefined) throw new SteleError("network", `transaction ${hash} does not show the grant that it made`);
  return { batch, owners };
}

/** The grant of points of a member that gave exactly these accounts points of a type, if there is one. */
export async function findPoints(
  suite: Suite,
  source: LogSource,
  { typeId, issuer, accounts }: { readonly typeId: bigint; readonly issuer: bigint; readonly accounts: readonly Hex[] },
): Promise<Settled<bigint> | undefined> {
  const points = suite.contract("MeritPoints");
  const topic = points.interface.getEvent("PointsGranted").topicHash;
  const wanted = accountsHash(accounts);
  const indexed = [null, numberTopic(typeId), numberTopic(issuer)];
  for await (const log of logsInRanges(source, [suite.address("MeritPoints")], [topic], indexed)) {
    const grantId = points.interface.parseLog(log)!.args["grantId"] as bigint;
    if ((await points.grantOf(grantId)).accounts === wanted) return { value: grantId, block: log.blockNumber };
  }
  return undefined;
}

/** The grant of points that a transaction made. */
export async function pointsGranted(suite: Suite, source: Pick<LogSource, "provider">, hash: Hex): Promise<bigint> {
  const abi = suite.contract("MeritPoints").interface;
  for (const log of await logsOf(source, hash, suite.address("MeritPoints"))) {
    const event = abi.parseLog(log);
    if (event?.name === "PointsGranted") return event.args["grantId"] as bigint;
  }
  throw new SteleError("network", `transaction ${hash} does not show the points that it gave`);
}

/** keccak256(abi.encodePacked(accounts)): how a grant of points remembers its accounts. In an array each takes a word. */
function accountsHash(accounts: readonly Hex[]): Hex {
  return keccak256(concat(...accounts.map((account) => fromHex(zeroPadValue(account, 32))))) as Hex;
}

async function logsOf({ provider }: Pick<LogSource, "provider">, hash: Hex, address: Hex) {
  const receipt = await provider.getTransactionReceipt(hash);
  if (receipt === null) throw new SteleError("network", `the node does not show transaction ${hash} yet; try again`);
  return receipt.logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
}

function sameAccounts(owners: readonly Hex[], accounts: readonly Hex[]): boolean {
  return (
    owners.length === accounts.length && owners.every((owner, i) => owner.toLowerCase() === accounts[i]!.toLowerCase())
  );
}

function numberTopic(value: bigint): string {
  return zeroPadValue(toBeHex(value), 32);
}
