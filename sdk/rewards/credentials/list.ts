import { createCredential, createList } from "@digitalbazaar/vc-bitstring-status-list";

import { formatInstant } from "../../common/time.js";
import { signCredential, type IssuerKey } from "./keys.js";
import { listLength } from "./places.js";

export interface ListTerms {
  /** Address under which credentials name the list. */
  readonly id: string;
  /** Seconds: the state of the chain at this time. */
  readonly time: bigint;
  /** Seconds from then in which the list counts. */
  readonly validity: bigint;
}

/**
 * A Bitstring Status List credential, purpose revocation, signed by the issuer.
 * @param revoked indexes of what is revoked now
 */
export async function statusList(
  revoked: Iterable<number>,
  key: IssuerKey,
  { id, time, validity }: ListTerms,
): Promise<Record<string, unknown>> {
  const list = await createList({ length: listLength });
  for (const index of revoked) list.setStatus(index, true);
  const credential = {
    ...(await createCredential({ id, list, statusPurpose: "revocation" })),
    issuer: key.did,
    validFrom: formatInstant(time),
    validUntil: formatInstant(time + validity),
  };
  return signCredential(credential, key, time);
}
