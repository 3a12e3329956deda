import type { Suite } from "../../../chain/suite.js";
import { equal, fromHex, type Hex } from "../../../common/bytes.js";
import type { Work } from "../../../log/audit.js";
import { uriHash } from "../../../records/commitments.js";
import { erasureSchema } from "../../../records/erasure.js";
import { openingsAbout, type RecordReader } from "../deliver.js";
import { toldErasure, type ToldErasure } from "../erase.js";
import { checkedOpening } from "../opening.js";
import { actsByAddress } from "./commands.js";
import type { PageLog, PageRecord } from "./page.js";
import { readDesk, readHead } from "./read.js";
import { situationOf } from "./situation.js";

/** What a log holds about a person. */
export interface FoundRecords {
  readonly log: PageLog;
  readonly records: readonly PageRecord[];
  readonly erasures: readonly ToldErasure[];
}

/**
 * Every record about a person in a log, with how it stands on chain now.
 * @param now block seconds
 * @param sources URIs that records may come from, beside the log's own
 * @throws SteleError `unproven` where the log is not the one that the chain has
 */
export async function collectRecords(
  suite: Suite,
  reader: RecordReader,
  subject: Hex,
  now: bigint,
  options: { readonly sources?: readonly string[] } & Work = {},
): Promise<FoundRecords> {
  const head = await readHead(suite, reader.config.logId);
  const log = {
    logId: head.logId,
    owner: head.owner,
    frozen: head.frozen,
    faults: head.faults,
    name: reader.config.name,
  };
  const records: PageRecord[] = [];
  const erasures: ToldErasure[] = [];
  for await (const opening of openingsAbout(reader, fromHex(subject, 32), options)) {
    const opened = checkedOpening(opening);
    const told = equal(opened.header.schema, uriHash(erasureSchema)) ? toldErasure(opened.payload) : undefined;
    if (told !== undefined) {
      erasures.push(told);
      continue;
    }
    const desk = await readDesk(suite, opening, reader.log, head);
    const situation = desk && situationOf(desk, now, actsByAddress({ opened, desk }));
    records.push({ opening, opened, log, desk, situation });
  }
  return { log, records, erasures };
}
