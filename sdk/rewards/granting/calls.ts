import type { Hex } from "../../common/bytes.js";
import { callOf, type Call } from "../../chain/governance/call.js";
import type { Suite } from "../../chain/suite.js";
import type { CampaignTerms } from "../campaign/leaf.js";
import type { GrantTerms } from "../awards/signing.js";

type Contract = "Awards" | "Campaigns" | "MeritPoints";

function call(suite: Suite, contract: Contract, method: string, values: readonly unknown[], label: string): Call {
  const target = { contract, address: suite.address(contract), abi: suite.contract(contract).interface };
  return callOf(target, method, values, label);
}

/** Grants tokens as the sending account's member. */
export function grantCall(suite: Suite, grant: GrantTerms, label = grantLabel(grant)): Call {
  return call(suite, "Awards", "grant", [grant], label);
}

/** Grants what a signer signed. */
export function grantSignedCall(
  suite: Suite,
  grant: GrantTerms,
  signed: { readonly signer: Hex; readonly nonce: bigint; readonly deadline: bigint; readonly signature: Hex },
  label = grantLabel(grant),
): Call {
  const { signer, nonce, deadline, signature } = signed;
  return call(suite, "Awards", "grantBySignature", [grant, signer, nonce, deadline, signature], label);
}

/** Calls off the sender's own signatures with a nonce. */
export function callOffCall(suite: Suite, nonce: bigint, label: string): Call {
  return call(suite, "Awards", "useNonce", [nonce], label);
}

function grantLabel({ typeId, accounts }: GrantTerms): string {
  return `grant award type ${typeId} to ${accounts.length} account${accounts.length === 1 ? "" : "s"}`;
}

/** Opens a campaign. @param expires 0 for what the type says */
export function openCampaignCall(
  suite: Suite,
  { typeId, root, size, expires }: Pick<CampaignTerms, "typeId" | "root" | "size" | "expires">,
): Call {
  return call(suite, "Campaigns", "open", [root, size, expires, typeId], `open a campaign of ${size} awards`);
}

/** Gives each account the points of a type. `mark` ends the call data, where the contract does not read it. */
export function givePointsCall(
  suite: Suite,
  { typeId, accounts, mark }: { readonly typeId: bigint; readonly accounts: readonly Hex[]; readonly mark: Hex },
): Call {
  const label = `give the points of award type ${typeId} to ${accounts.length} accounts`;
  const made = call(suite, "MeritPoints", "grant", [typeId, accounts], label);
  return { ...made, data: `${made.data}${mark.slice(2)}` };
}

/** Takes points of a grant back from accounts of it. */
export function adjustPointsCall(
  suite: Suite,
  grantId: bigint,
  accounts: readonly Hex[],
  positions: readonly bigint[],
  points: bigint,
  reason: Hex,
): Call {
  const label = `take back ${points} points of grant ${grantId} from ${positions.length} accounts`;
  return call(suite, "MeritPoints", "adjust", [grantId, accounts, positions, points, reason], label);
}

/** What can be revoked and reinstated. */
export type Target =
  | { readonly kind: "token"; readonly id: bigint }
  | { readonly kind: "batch"; readonly batch: bigint }
  | { readonly kind: "campaign"; readonly terms: CampaignTerms }
  | { readonly kind: "leaf"; readonly terms: CampaignTerms; readonly index: bigint };

/** Revokes or reinstates. */
export function standingCall(suite: Suite, act: "revoke" | "reinstate", target: Target, reason: Hex): Call {
  switch (target.kind) {
    case "token":
      return call(suite, "Awards", act, [target.id, reason], `${act} award ${target.id}`);
    case "batch":
      return call(suite, "Awards", `${act}Batch`, [target.batch, reason], `${act} batch ${target.batch}`);
    case "campaign":
      return call(suite, "Campaigns", `${act}Campaign`, [target.terms, reason], `${act} a campaign`);
    case "leaf": {
      const { terms, index } = target;
      return call(suite, "Campaigns", `${act}Leaf`, [terms, index, reason], `${act} award ${index} of a campaign`);
    }
  }
}

/** Moves tokens to the accounts that their holders have now. */
export function migrateCall(suite: Suite, ids: readonly bigint[]): Call {
  return call(suite, "Awards", "migrate", [ids], `migrate ${ids.length} award${ids.length === 1 ? "" : "s"}`);
}

/** Moves points to the accounts that replaced theirs. */
export function migratePointsCall(suite: Suite, id: bigint, accounts: readonly Hex[]): Call {
  return call(suite, "MeritPoints", "migrate", [id, accounts], `migrate the points of ${accounts.length} accounts`);
}
