import { SteleError } from "../../sdk/common/errors.js";

/** Published criteria of tests, as text. */
export function criteriaText(change: Readonly<Record<string, unknown>> = {}): string {
  const document = {
    format: "stele-criteria/1",
    title: "Feedback of a quarter",
    cadence: "quarter",
    halfLifeDays: 365,
    criteria: [
      { id: "quality", title: "Quality of work", min: 1, max: 5, weight: 3 },
      { id: "teamwork", title: "合作", min: -10, max: 10, weight: 1 },
    ],
    ...change,
  };
  return JSON.stringify(document, null, 2);
}

/** The refusal of something that is refused. */
export function refusalOf(work: () => unknown): SteleError {
  try {
    work();
  } catch (error) {
    if (error instanceof SteleError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
