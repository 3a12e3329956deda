import { toHex, type Hex } from "../../common/bytes.js";
import { finding, type Finding } from "./finding.js";

/** Gaps of one log that are named one by one. */
const named = 100;

/** A finding for each range of numbers that is missing in a source. */
export function sequenceFindings(
  logId: Hex,
  missing: Iterable<{ readonly source: Uint8Array; readonly from: bigint; readonly to: bigint }>,
): Finding[] {
  const findings: Finding[] = [];
  let [more, numbers] = [0, 0n];
  for (const { source, from, to } of missing) {
    const hash = toHex(source);
    if (findings.length >= named) {
      more++;
      numbers += to - from;
      continue;
    }
    const which = to - from === 1n ? `number ${from} is` : `numbers ${from} to ${to - 1n} are`;
    const sentence = `${which} missing in source ${hash} of log ${logId}`;
    const evidence = { from, count: to - from };
    const subject = { log: logId, source: hash };
    findings.push(finding("sequence", "alarm", [logId, hash, from], sentence, { subject, evidence }));
  }
  if (more > 0) {
    const sentence = `${numbers} more numbers are missing in the sources of log ${logId}, in ${more} gaps`;
    findings.push(finding("sequence", "alarm", [logId, "more"], sentence, { subject: { log: logId } }));
  }
  return findings;
}
