/** Kind of a unit's log of records about its people, and of the policies for such logs. */
export const personnelLogKind = "personnel.records";

const day = 86_400n;

/**
 * Retention classes of such a log: 0 is kept for ever, 1 is adverse and does not count any more after five years of 365
 * days, from the earlier of the record's own time and its anchoring.
 */
export const retentionClasses = { kept: 0n, adverse: 1n } as const;

/** Seconds of each class, as the policy has them. */
export const personnelRetention = [0n, 5n * 365n * day] as const;

/** Seconds in which the first dispute is open, at least. */
export const leastDisputePeriod = 20n * day;

/** What is read of a policy to tell whether it protects the people that its logs are about. */
export interface PolicyFacts {
  readonly noticeNeeded: boolean;
  /** Open seconds; 0 for always. */
  readonly disputePeriod: bigint;
  /** Seconds of each class, 0 for ever. */
  readonly retention: readonly bigint[];
}

/**
 * What a policy lacks for a log of personnel records, a sentence each; none for one that will do. A policy may protect
 * people better than it has to.
 */
export function policyFaults({ noticeNeeded, disputePeriod, retention }: PolicyFacts): readonly string[] {
  const faults: string[] = [];
  if (!noticeNeeded) faults.push("a record counts before the person was told of it");
  if (disputePeriod !== 0n && disputePeriod < leastDisputePeriod) {
    faults.push(`a dispute is open for ${disputePeriod} seconds, less than ${leastDisputePeriod}`);
  }
  const [kept, adverse] = retention;
  if (kept === undefined || adverse === undefined) faults.push("it has no class for adverse records");
  else if (adverse === 0n || adverse > personnelRetention[1]) {
    faults.push(`an adverse record counts for ${adverse === 0n ? "ever" : `${adverse} seconds`}, more than five years`);
  }
  return faults;
}
