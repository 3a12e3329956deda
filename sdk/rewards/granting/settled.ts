import { toBeHex, ZeroAddress, zeroPadValue } from "ethers";

import type { Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import type { GrantTerms } from "../awards/signing.js";

/*
 * What an import finds on the chain of its own former runs, whatever became of the journals on this machine: a campaign
 * by its root, a batch by its nonce or by its accounts; `given.ts` has the points.
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

/**
 * The batches of a member that were granted by signatures with these nonces, whoever of it signed. Somebody else's use
 * of the same number grants nothing for the member, and is passed over.
 */
export async function findBatchesOfNonces(
  suite: Suite,
  source: LogSource,
  wanted: ReadonlySet<bigint>,
  issuer: bigint,
): Promise<Map<bigint, Settled<bigint>>> {
  const abi = suite.contract("Awards").interface;
  const used = abi.getEvent("NonceUsed").topicHash;
  const found = new Map<bigint, Settled<bigint>>();
  if (wanted.size === 0) return found;
  for await (const log of logsInRanges(source, [suite.address("Awards")], [used])) {
    const nonce = abi.parseLog(log)!.args["nonce"] as bigint;
    if (!wanted.has(nonce)) continue;
    const grants = await grantsOf(suite, source, log.transactionHash as Hex);
    const grant = grants.find((one) => one.issuer === issuer && one.nonce === nonce);
    if (grant !== undefined) found.set(nonce, { value: grant.batch, block: log.blockNumber });
  }
  return found;
}

/** The batch of a member that granted exactly this to these people, if there is one. */
export async function findBatch(
  suite: Suite,
  source: LogSource,
  grant: GrantTerms,
  { issuer, subjects }: { readonly issuer: bigint; readonly subjects: readonly Hex[] },
): Promise<Settled<bigint> | undefined> {
  const abi = suite.contract("Awards").interface;
  const topic = abi.getEvent("BatchGranted").topicHash;
  const indexed = [null, numberTopic(grant.typeId), numberTopic(issuer)];
  for await (const log of logsInRanges(source, [suite.address("Awards")], [topic], indexed)) {
    const { args } = abi.parseLog(log)!;
    if (args["evidenceLog"] !== grant.evidenceLog || args["count"] !== BigInt(grant.accounts.length)) continue;
    if ((args["evidence"] as bigint[]).join() !== grant.evidence.join()) continue;
    const grants = await grantsOf(suite, source, log.transactionHash as Hex);
    const { batch, owners } = grants.find((one) => one.batch === args["batch"])!;
    if (await areOf(suite, owners, grant.accounts, subjects)) return { value: batch, block: log.blockNumber };
  }
  return undefined;
}

/** A grant as its transaction shows it. */
export interface GrantedBatch {
  readonly batch: bigint;
  readonly issuer: bigint;
  /** In their order. */
  readonly owners: readonly Hex[];
  /** Of the signature that it was granted by; undefined where it was by none. */
  readonly nonce: bigint | undefined;
}

/**
 * What a transaction granted, in order. There may be several grants in one, beside other events: a multisig executes
 * proposals together, and whoever hands in somebody's signature may do more with it.
 */
export async function grantsOf(
  suite: Suite,
  source: Pick<LogSource, "provider">,
  hash: Hex,
): Promise<readonly GrantedBatch[]> {
  const abi = suite.contract("Awards").interface;
  const found: GrantedBatch[] = [];
  let [owners, nonce]: [Hex[], bigint | undefined] = [[], undefined];
  for (const log of await logsOf(source, hash, suite.address("Awards"))) {
    const { name, args } = abi.parseLog(log)!;
    if (name === "NonceUsed") {
      nonce = args["nonce"] as bigint;
      owners = [];
    } else if (name === "Transfer" && args["from"] === ZeroAddress) owners.push(args["to"] as Hex);
    else if (name === "BatchGranted") {
      // Whatever was minted before in the transaction is of a campaign.
      const { batch, issuer, count } = args.toObject() as { batch: bigint; issuer: bigint; count: bigint };
      found.push({ batch, issuer, owners: owners.slice(-Number(count)), nonce });
      [owners, nonce] = [[], undefined];
    }
  }
  return found;
}

/** The grant of a transaction that made just one. */
export async function granted(
  suite: Suite,
  source: Pick<LogSource, "provider">,
  hash: Hex,
): Promise<{ readonly batch: bigint; readonly owners: readonly Hex[] }> {
  const [found] = await grantsOf(suite, source, hash);
  if (found === undefined) throw new SteleError("network", `transaction ${hash} does not show the grant that it made`);
  return found;
}

/** Events of a contract in a transaction. */
export async function logsOf({ provider }: Pick<LogSource, "provider">, hash: Hex, address: Hex) {
  const receipt = await provider.getTransactionReceipt(hash);
  if (receipt === null) throw new SteleError("network", `the node does not show transaction ${hash} yet; try again`);
  return receipt.logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
}

/** Whether owners are these accounts, or those that replaced them: a grant to a replaced account goes to its person. */
async function areOf(
  suite: Suite,
  owners: readonly Hex[],
  accounts: readonly Hex[],
  subjects: readonly Hex[],
): Promise<boolean> {
  for (const [i, owner] of owners.entries()) {
    if (owner.toLowerCase() === accounts[i]!.toLowerCase()) continue;
    if ((await suite.contract("Awards").admittedAs(owner)) !== subjects[i]!.toLowerCase()) return false;
  }
  return true;
}

/** A number as an indexed argument. */
export function numberTopic(value: bigint): string {
  return zeroPadValue(toBeHex(value), 32);
}
