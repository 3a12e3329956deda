import { SteleError } from "../../../../common/errors.js";
import { reading } from "../../../../chain/reading.js";
import { count, positional } from "../../../fields.js";
import type { Session } from "../../../session.js";

/** The number of an award type. */
export const typeNumber = count.refine((type) => type > 0n && type < 1n << 32n, "is no award type's number");

export const typeField = positional(typeNumber, "TYPE", "the award type's number");

/** What the chain keeps of a type beside its texts. @throws SteleError `missing` where there is none */
export async function requireType(session: Session, type: bigint) {
  const campaigns = session.suite.contract("Campaigns");
  const found = await reading(`the question for award type ${type}`, () => campaigns.awardTypeOf(type));
  if (found.publisher !== 0n) return found;
  throw new SteleError("missing", `there is no award type ${type} on network "${session.manifest.network}"`);
}
