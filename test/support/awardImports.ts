import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Hex } from "../../sdk/common/bytes.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import { importAwards, type AwardImport, type AwardsImported } from "../../sdk/rewards/granting/import.js";
import { undoImport } from "../../sdk/rewards/granting/undo.js";
import { encodeReason } from "../../sdk/rewards/reasons.js";
import type { GrantingChain } from "../../sdk/rewards/granting/work.js";
import { grantingChain, rosterKey, rosterOf, type TestChain } from "./granting.js";
import type { AwardsSuite } from "./awards.js";
import type { PersonLabel } from "./rewards.js";

export const honoured = ["ada", "ben", "cai", "dou"] as const satisfies readonly PersonLabel[];

/** A department with a roster and a file of awards, as often as its processes die. */
export interface ImportWorld {
  readonly folder: string;
  readonly file: string;
  readonly typeId: bigint;
  /** One process: a sender and an import of its own. */
  run(changes?: Partial<AwardImport>, chain?: Partial<GrantingChain>): Promise<AwardsImported>;
  undo(id: Hex, chain?: Partial<GrantingChain>): Promise<{ readonly complete: boolean }>;
  /** Tokens, and points of the department's training, of each person. */
  holdings(): Promise<readonly (readonly [tokens: bigint, points: bigint])[]>;
  /** Opens a chain; its sender goes on with the journal of the one before. */
  chain(changes?: Partial<GrantingChain>, sender?: string): Promise<TestChain>;
}

export async function importWorld(
  provider: Eip1193,
  suite: AwardsSuite,
  folder: string,
  text = honoured.map((label, n) => `${label},for number ${n},2026-03-1${n}`).join("\n"),
): Promise<ImportWorld> {
  const file = join(folder, "awards.csv");
  writeFileSync(file, `staff_number,citation,date\n${text}\n`);
  (await rosterOf(join(folder, "roster"), suite, honoured)).close();
  const department = suite.actor("department");
  const points = suite.as("department", "MeritPoints");
  const id = await points.idFor(department.member, 1);
  if ((await points.scaleOf(id)).since === 0n) await points.openScale(1, 365 * 86_400);
  const typeId = await suite.publishType({ points: 10n });
  const chain: ImportWorld["chain"] = (changes = {}, sender = "one") =>
    grantingChain(provider, suite, department, join(folder, sender), changes);
  return {
    folder,
    file,
    typeId,
    chain,
    async run(changes = {}, chainChanges = {}) {
      const { Roster } = await import("../../sdk/rewards/roster/roster.js");
      const roster = await Roster.open(join(folder, "roster"), rosterKey);
      const opened = await chain(chainChanges);
      const imports = join(folder, "imports");
      const usual = { file, folder: imports, roster, key: rosterKey, typeId, issuer: department.member, expires: 0n };
      try {
        return await importAwards({ ...usual, way: "token", points: true, batch: 2n, ...changes }, opened);
      } finally {
        roster.close();
        await opened.close();
      }
    },
    async undo(importId, chainChanges = {}) {
      const opened = await chain(chainChanges);
      const reason = encodeReason("import-undone");
      try {
        return await undoImport({ folder: join(folder, "imports"), id: importId, key: rosterKey, reason }, opened);
      } finally {
        await opened.close();
      }
    },
    holdings: () =>
      Promise.all(
        honoured.map(async (label) => {
          const { address } = suite.actor(label);
          return [await suite.awards.balanceOf(address), await points.balanceOf(address, id)] as const;
        }),
      ),
  };
}

/** A submit that dies at its `at`-th call, before or after the transaction took effect. */
export function dyingSubmit(chain: TestChain, at: number, moment: "before" | "after"): GrantingChain["submit"] {
  let calls = 0;
  return async (call, key) => {
    const dies = calls++ === at;
    if (dies && moment === "before") throw new Killed();
    const submission = await chain.submit(call, key);
    if (dies) throw new Killed();
    return submission;
  };
}

/** Stands for the end of a process. */
export class Killed extends Error {}
