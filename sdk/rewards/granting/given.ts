import { keccak256, zeroPadValue } from "ethers";

import { concat, fromHex, type Hex } from "../../common/bytes.js";
import { SteleError } from "../../common/errors.js";
import { logsInRanges, type LogSource } from "../../chain/governance/logs.js";
import type { Suite } from "../../chain/suite.js";
import { logsOf, numberTopic, type Settled } from "./settled.js";

/*
 * The points that an import gave, as the chain shows them. A grant of points names a type and people, which another
 * import of the same people has in common with it. So the call that gives them ends with a mark that only this import
 * makes: the contract does not read it, and the transaction shows it for good.
 */

/** The points of a batch of an import. */
export interface WantedPoints {
  readonly typeId: bigint;
  /** Member. */
  readonly issuer: bigint;
  readonly accounts: readonly Hex[];
  /** Of this batch of this import. */
  readonly mark: Hex;
  /** Whether they were proposed to an account whose transactions need not show what it calls. */
  readonly proposed: boolean;
}

/**
 * The grant that gave these points, if there is one; another import's is passed over.
 * @throws SteleError `refused` where the chain does not show whose a grant is
 */
export async function findPoints(
  suite: Suite,
  source: LogSource,
  wanted: WantedPoints,
): Promise<Settled<bigint> | undefined> {
  const { typeId, accounts } = wanted;
  const call = suite.contract("MeritPoints").interface.encodeFunctionData("grant", [typeId, [...accounts]]);
  let hidden: { readonly grant: Settled<bigint>; readonly hash: string } | undefined;
  for (const [hash, grants] of await grantsByTransaction(suite, source, wanted)) {
    const transaction = await source.provider.getTransaction(hash);
    if (transaction === null) throw new SteleError("network", `the node does not show transaction ${hash}; try again`);
    const marks = marksBehind(call, transaction.data);
    if (marks.length !== grants.length) hidden ??= { grant: grants[0]!, hash };
    else if (marks.includes(wanted.mark)) return grants[marks.indexOf(wanted.mark)];
  }
  if (hidden === undefined || wanted.proposed) return hidden?.grant;
  const sentence =
    `grant ${hidden.grant.value} gave the same people the same points, and transaction ${hidden.hash} does not show by ` +
    "which import; if it was by another, go on with this one without points (--points no)";
  throw new SteleError("refused", sentence);
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

/** Grants of the member that gave exactly these accounts points of the type, in their order. */
async function grantsByTransaction(
  suite: Suite,
  source: LogSource,
  { typeId, issuer, accounts }: WantedPoints,
): Promise<ReadonlyMap<string, readonly Settled<bigint>[]>> {
  const points = suite.contract("MeritPoints");
  const topic = points.interface.getEvent("PointsGranted").topicHash;
  const digest = accountsHash(accounts);
  const found = new Map<string, Settled<bigint>[]>();
  const indexed = [null, numberTopic(typeId), numberTopic(issuer)];
  for await (const log of logsInRanges(source, [suite.address("MeritPoints")], [topic], indexed)) {
    const grantId = points.interface.parseLog(log)!.args["grantId"] as bigint;
    if ((await points.grantOf(grantId)).accounts !== digest) continue;
    const known = found.get(log.transactionHash) ?? [];
    found.set(log.transactionHash, [...known, { value: grantId, block: log.blockNumber }]);
  }
  return found;
}

/** What stands behind each such call in a transaction's data, which may hold it within calls of others. */
function marksBehind(call: string, data: string): string[] {
  return data
    .split(call.slice(2))
    .slice(1)
    .map((rest) => `0x${rest.slice(0, 64)}`);
}

/** keccak256(abi.encodePacked(accounts)): how a grant of points remembers its accounts. In an array each takes a word. */
function accountsHash(accounts: readonly Hex[]): Hex {
  return keccak256(concat(...accounts.map((account) => fromHex(zeroPadValue(account, 32))))) as Hex;
}
