import { join } from "node:path";

import { writeAtomically } from "../../common/node/files.js";
import { listFile, type IssuerFolder } from "./issuer.js";
import type { IssuerKey } from "./keys.js";
import { statusList } from "./list.js";
import type { StatusPlaces } from "./places.js";
import { tokenStatusList } from "./sd-jwt.js";
import type { IssuerStatus } from "./status.js";

export interface PublishOptions {
  /** Where the lists go: one folder a key. */
  readonly folder: string;
  /** Seconds in which the lists count. */
  readonly validity: bigint;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, all: number) => void) | undefined;
}

/** A list in both forms. */
export interface MadeList {
  readonly json: string;
  readonly jwt: string;
  readonly revoked: number;
}

/** One status list of the issuer as of now, in both forms. */
export async function makeList(
  issuer: IssuerFolder,
  key: IssuerKey,
  status: IssuerStatus,
  list: bigint,
  options: { readonly places: StatusPlaces; readonly validity: bigint },
): Promise<MadeList> {
  const revoked = new Set(status.revokedIn(list, options.places));
  const terms = { time: status.time, validity: options.validity };
  const json = await statusList(revoked, key, { id: issuer.listId(key.did, list, "json"), ...terms });
  const jwt = tokenStatusList(revoked, key, { id: issuer.listId(key.did, list, "jwt"), ...terms });
  return { json: `${JSON.stringify(json)}\n`, jwt: `${jwt}\n`, revoked: revoked.size };
}

/**
 * Writes all status lists of an issuer from what the chain says: for every key that still counts, so that what an old
 * key signed can be revoked too. Each file is replaced whole; interrupted, it can be run again.
 * @returns files written, and awards that are revoked
 */
export async function publishLists(
  issuer: IssuerFolder,
  status: IssuerStatus,
  { folder, validity, signal, progress }: PublishOptions,
): Promise<{ readonly files: readonly string[]; readonly revoked: number }> {
  const places = await issuer.places();
  const keys = issuer.config.keys.filter(({ compromised }) => !compromised);
  const { lists } = status.layout;
  const files: string[] = [];
  let revoked = 0;
  for (const [i, { did }] of keys.entries()) {
    const key = await issuer.keyOf(did);
    for (let list = 0n; list < lists; list++) {
      signal?.throwIfAborted();
      const made = await makeList(issuer, key, status, list, { places, validity });
      for (const form of ["json", "jwt"] as const) {
        const file = listFile(did, list, form);
        await writeAtomically(join(folder, file), made[form]);
        files.push(file);
      }
      if (i === 0) revoked += made.revoked;
      progress?.(i * Number(lists) + Number(list) + 1, keys.length * Number(lists));
    }
  }
  return { files, revoked };
}
