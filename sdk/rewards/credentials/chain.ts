import { Contract, TypedDataEncoder } from "ethers";

import { capabilities } from "../../chain/capabilities.js";
import { RevertError } from "../../chain/errors.js";
import { reading } from "../../chain/reading.js";
import type { Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { batchOfToken, positionOfToken, readAward } from "../awards/state.js";
import { readCampaignAward } from "../campaign/chain.js";
import type { CampaignProof } from "../campaign/proof.js";
import { categories, type Standing } from "../standing.js";
import type { AwardCategory, AwardFacts } from "./facts.js";
import { statementDomain, statementMessage, statementTypes, signerOf } from "./statement.js";
import type { IssuerStatement, SignedStatement } from "./statement.js";

/** Facts of an award with how it stands now. */
export interface ReadFacts {
  readonly facts: AwardFacts;
  readonly standing: Standing;
  readonly disputed: boolean;
  /** Where it stands in its issuer's status lists: grant or campaign, and place in it. */
  readonly status: { readonly of: bigint | Hex; readonly offset: bigint };
}

/**
 * An award that is a token. What was made of a campaign says the same as its leaf.
 * @throws SteleError `missing` where there is none
 */
export async function factsOfToken(suite: Suite, tokenId: bigint): Promise<ReadFacts> {
  const award = await readAward(suite, tokenId);
  const { chainId } = suite.manifest;
  const facts: AwardFacts = {
    award: { kind: "token", chainId, contract: suite.address("Awards"), tokenId },
    issuer: { chainId, members: suite.address("Members"), member: award.issuer },
    type: await readType(suite, award.typeId),
    subject: award.subject,
    account: award.holder,
    issuedAt: award.issuedAt,
    expires: award.expires,
    evidence: award.evidence,
  };
  const { standing, disputed, campaign } = award;
  return {
    facts,
    standing,
    disputed,
    status: { of: campaign ?? batchOfToken(tokenId), offset: positionOfToken(tokenId) },
  };
}

/**
 * An award of a campaign, as its proof opens it.
 * @throws SteleError `unproven` where the chain has no such campaign, or the proof does not lead to its root
 */
export async function factsOfLeaf(suite: Suite, proof: CampaignProof): Promise<ReadFacts> {
  const { terms, leaf, index } = proof;
  const { chainId } = suite.manifest;
  const { campaignId: id, standing, disputed } = await readCampaignAward(suite, proof);
  if (standing === "none") {
    throw new SteleError("unproven", `the chain has no campaign ${id} with this award as number ${index}`);
  }
  const { openedAt } = await reading(`the question for campaign ${id}`, () => suite.contract("Campaigns").openedOf(id));
  const facts: AwardFacts = {
    award: { kind: "leaf", chainId, contract: suite.address("Campaigns"), campaignId: id, index },
    issuer: { chainId, members: suite.address("Members"), member: terms.issuer },
    type: await readType(suite, terms.typeId),
    subject: leaf.subject,
    issuedAt: openedAt,
    expires: terms.expires,
    evidence: leaf.evidence,
  };
  return { facts, standing, disputed, status: { of: id, offset: index } };
}

async function readType(suite: Suite, typeId: bigint): Promise<AwardFacts["type"]> {
  const campaigns = suite.contract("Campaigns");
  const [{ category }, texts] = await reading(`the question for award type ${typeId}`, () =>
    Promise.all([campaigns.awardTypeOf(typeId), campaigns.textsOf(typeId)]),
  );
  const { criteriaHash, criteriaUri, title, authority } = texts;
  return {
    id: typeId,
    title,
    authority,
    category: categories[Number(category)] as AwardCategory,
    criteriaUri,
    criteriaHash: criteriaHash as Hex,
    registry: suite.address("Campaigns"),
  };
}

/**
 * Holds a member's statement of its keys against the chain: the account that signed acts for the member now. Contracts
 * sign by ERC-1271. A suspended member still says what it said: what it granted before stays as it is.
 * @throws SteleError `unproven`
 */
export async function requireStatement(
  suite: Suite,
  statement: SignedStatement,
  place: Place = {},
): Promise<IssuerStatement> {
  const { member, account, chainId, members } = statement;
  const fail = (sentence: string) => new SteleError("unproven", sentence, { place });
  if (chainId !== suite.manifest.chainId || members.toLowerCase() !== suite.address("Members").toLowerCase()) {
    throw fail(`is of chain ${chainId} and Members ${members}, which is another deployment`);
  }
  if ((await memberActing(suite, account)) !== member) {
    throw fail(
      `is signed as account ${account}, which does not act for member ${member} now; ask the issuer for a new one`,
    );
  }
  if (signerOf(statement)?.toLowerCase() === account.toLowerCase()) return statement;
  if (await contractSigned(suite, statement)) return statement;
  throw fail(`was not signed by account ${account}`);
}

/** The member that an account acts for now, as one that awards; 0 for none. */
async function memberActing(suite: Suite, account: Hex): Promise<bigint> {
  const ask = async () => suite.contract("Members").requireDuty(account, capabilities.AWARDER);
  return reading(`the question whom account ${account} acts for`, ask).catch((error: unknown) => {
    if (error instanceof RevertError) return 0n;
    throw error;
  });
}

const magic = "0x1626ba7e";

async function contractSigned(suite: Suite, statement: SignedStatement): Promise<boolean> {
  const hash = TypedDataEncoder.hash(statementDomain(statement), statementTypes, statementMessage(statement));
  const abi = ["function isValidSignature(bytes32,bytes) view returns (bytes4)"];
  const account = new Contract(statement.account, abi, suite.runner);
  const answer: unknown = await account
    .getFunction("isValidSignature")(hash, statement.signature)
    .catch(() => undefined);
  return answer === magic;
}
