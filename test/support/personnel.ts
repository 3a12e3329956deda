import { toHex, utf8, type Hex } from "../../sdk/common/bytes.js";
import { SteleError } from "../../sdk/common/errors.js";
import { sha256 } from "../../sdk/common/sha256.js";
import type { PersonnelEntry } from "../../sdk/rewards/personnel/append.js";

/** 2026-03-01T08:00:00Z. */
export const march = 1_772_352_000n;

/** A pseudonym for tests. */
export const subjectOf = (name: string): Hex => toHex(sha256(utf8(name)));

export const criteria = { uri: "urn:stele:test:criteria:1", hash: `0x${"c1".repeat(32)}` as Hex };

/** One well-formed record of each kind, about one person. */
export function oneOfEach(subject: Hex): readonly PersonnelEntry[] {
  const common = { subject, time: march };
  const scores = [
    { criterion: "diligence", score: 4, of: 5 },
    { criterion: "cooperation", score: 2, of: 5, comment: "Not convincing in the second half." },
  ];
  const feedback = {
    unit: "unit-7",
    period: "2026-H1",
    revision: 1,
    criteria: criteria.hash,
    scores: { diligence: 4, cooperation: 2 },
    records: 12,
    previous: null,
    comment: "Not convincing in the second half.",
  };
  return [
    {
      ...common,
      kind: "training",
      payload: { course: "First aid", from: "2026-02-02", until: "2026-02-03", hours: 16 },
    },
    { ...common, kind: "career", payload: { change: "promoted", position: "Shift lead", from: "2026-03-01" } },
    { ...common, kind: "mission", payload: { mission: "Flood relief", role: "medic", from: "2026-01-10" } },
    {
      ...common,
      kind: "performance",
      adverse: true,
      payload: { from: "2025-01-01", until: "2025-12-31", criteria, assessor: "Head of unit 7", scores },
    },
    { ...common, kind: "feedback", payload: feedback },
    {
      ...common,
      kind: "award",
      payload: { title: "Service medal", date: "2026-03-01", award: { token: "4294967296" } },
    },
    {
      ...common,
      kind: "revocation",
      payload: { title: "Service medal", date: "2026-03-01", award: { token: "4294967296" }, reason: "clerical-error" },
    },
  ];
}

/** The SteleError that something throws or rejects with. */
export async function refused(work: () => unknown): Promise<SteleError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SteleError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
