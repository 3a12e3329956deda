import { reading } from "../../../chain/reading.js";
import type { Suite } from "../../../chain/suite.js";
import { categories } from "../../standing.js";
import type { PagePoints } from "./page.js";

/** Points that a member gave to an account of a person whom it enrolled, by category; none where it gave none. */
export async function collectPoints(suite: Suite, account: string, member: bigint): Promise<readonly PagePoints[]> {
  const contract = suite.contract("MeritPoints");
  const found: PagePoints[] = [];
  for (const [number, category] of categories.entries()) {
    if (category === "none") continue;
    const [lifetime, decayed] = await reading(`the question for points of ${account}`, async () => {
      const id = await contract.idFor(member, number);
      const points = await contract.pointsOf(account, id);
      return [points.lifetime, points.lifetime === 0n ? 0n : await contract.decayedOf(account, id)] as const;
    });
    if (lifetime > 0n) found.push({ category, member, lifetime, decayed });
  }
  return found;
}
