import type { Hex } from "../../common/bytes.js";
import type { Suite } from "../../chain/suite.js";

/** A person who lost an award, and the award as a revocation record names it. */
export interface Affected {
  readonly subject: Hex;
  readonly award: { readonly token: string } | { readonly campaign: Hex; readonly index: string };
  /** Of the card that they handed in: the record then has a one-time address to dispute it under. */
  readonly metaAddress?: string | undefined;
}

/** The people of a batch, or of one token of it. */
export async function holdersOf(suite: Suite, tokens: readonly bigint[]): Promise<readonly Affected[]> {
  const awards = suite.contract("Awards");
  const affected: Affected[] = [];
  for (const id of tokens) {
    affected.push({ subject: (await awards.subjectOf(id)) as Hex, award: { token: `${id}` } });
  }
  return affected;
}
