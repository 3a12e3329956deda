import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { CapabilityName } from "../../../chain/capabilities.js";
import type { Registration } from "../../../audit/datasets/registered.js";
import type { Refusal } from "../../../audit/datasets/restore.js";
import type { DatasetSource } from "../../../audit/datasets/source.js";
import type { Context } from "../../context.js";
import { bytes32, list, positional, text, value } from "../../fields.js";
import { logSource } from "../../governed.js";
import type { Session } from "../../session.js";
import { memberNumber } from "../member/fields.js";

export const rootOrId = positional(bytes32, "ROOT|ID", "root of the dataset, or its id on chain");

export const holderField = value(
  memberNumber.optional(),
  "MEMBER",
  "whose dataset, where several registered the same root",
);

export const sourcesField = list(text, "FOLDER|URL", "where to fetch it from, in this order; several times");

/** Where a command records what it does, if it is told to. */
export const bookField = value(text.optional(), "FOLDER", "folder of the log in which to record it");

/** The sources that a command names. */
export async function openSources(named: readonly string[], context: Context): Promise<DatasetSource[]> {
  const { openSource } = await import("../../../audit/datasets/source.js");
  return Promise.all(named.map((one) => openSource(/^https?:\/\//i.test(one) ? one : context.path(one))));
}

/** Finds a dataset on chain. */
export async function registrationOf(
  given: Hex,
  holder: number | undefined,
  session: Session,
  context: Context,
): Promise<Registration> {
  const { findRegistration } = await import("../../../audit/datasets/registered.js");
  const member = holder === undefined ? undefined : BigInt(holder);
  return findRegistration(session.suite, logSource(session, context), given, member);
}

/**
 * The member that the sending account acts for.
 * @throws SteleError `refused` where it has not the capability
 */
export async function actingMember(session: Session, capability: CapabilityName): Promise<bigint> {
  const { capabilities } = await import("../../../chain/capabilities.js");
  const account = await (await session.signer()).getAddress();
  const member = await session.suite.contract("Members").hasCapability(account, capabilities[capability]);
  if (member === 0n) throw new SteleError("refused", `account ${account} acts for no member with ${capability}`);
  return member;
}

/** Says which source was passed over, and why. */
export function noteRefusals(context: Context): (refusal: Refusal) => void {
  return ({ source, why }) => context.note(`Passed over ${source}: ${why}`);
}
