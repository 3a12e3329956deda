import { SteleError } from "../../common/errors.js";
import type { EventData } from "../event.js";

const longest = 300;

/** What a record says of a failure: no path, no name and no content, since it outlives what it speaks of. */
export function failureOf(error: unknown, signal?: AbortSignal): NonNullable<EventData["error"]> {
  if (signal?.aborted === true) return { code: "cancelled", message: "the operation was cancelled" };
  if (error instanceof SteleError) {
    return { code: error.code, message: error.sentence.toWellFormed().slice(0, longest).toWellFormed() };
  }
  const code = String((error as { code?: unknown } | null)?.code);
  // The system's own message would quote a path.
  if (/^E[A-Z0-9]+$/.test(code)) return { code: "storage", message: `the system answered ${code}` };
  return { code: "failed", message: "an unexpected failure" };
}

/** What is recorded of an operation that a kill ended. */
export const interrupted: NonNullable<EventData["error"]> = {
  code: "interrupted",
  message: "the process ended before the operation did",
};

/** Whether a refused append is certain not to have reached the log: what was to be recorded was refused, not the disk. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SteleError && (error.code === "input" || error.code === "usage");
}
