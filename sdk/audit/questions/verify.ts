import { toHex, type Hex } from "../../common/bytes.js";
import { SteleError, type Place } from "../../common/errors.js";
import { parseInstant } from "../../common/time.js";
import type { Trust } from "../../proof/bundle.js";
import { verifyPresentation, type PresentedRecord, type Presentation } from "../../records/presentation.js";
import { operationOf, operations, type AuditEvent, type Outcome } from "../event.js";
import type { EventLine } from "../line.js";

/**
 * The line that a presentation proves, offline: the record is in the log, and says this. Compare it with the line that
 * was answered: see {@link sameLine}.
 * @throws SteleError `unproven` where anything does not hold, `input` where the record shows no data event
 */
export function verifyLine(presentation: Presentation, trust: Trust, place: Place = {}): EventLine {
  return lineOf(verifyPresentation(presentation, trust, place), presentation.proof.index, place);
}

/** Whether two lines say the same. */
export function sameLine(a: EventLine, b: EventLine): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof EventLine)[]);
  return [...keys].every((key) => a[key] === b[key]);
}

function lineOf({ header, fields }: PresentedRecord, index: bigint, place: Place): EventLine {
  const shown = new Map(fields.map(({ pointer, value }) => [pointer, value]));
  const text = (pointer: string): string => {
    const value = shown.get(pointer);
    if (typeof value === "string") return value;
    throw new SteleError("input", "is not shown", { place: { ...place, field: pointer } });
  };
  const operation = operationOf({ type: text("/type") as AuditEvent["type"] });
  if (!operations.includes(operation)) {
    throw new SteleError("input", "is none of a data event", { place: { ...place, field: "/type" } });
  }
  const stated = parseInstant(text("/time"));
  return {
    logId: toHex(header.logId),
    index,
    time: header.time,
    source: text("/source"),
    sequence: header.sequence,
    operation,
    outcome: text("/data/outcome") as Outcome,
    auditor: text("/auditor") as Hex,
    ...(shown.has("/engagement") ? { engagement: text("/engagement") as Hex } : {}),
    ...(shown.has("/subject") ? { subject: text("/subject").toLowerCase() as Hex } : {}),
    ...(stated === header.time ? {} : { stated }),
  };
}
