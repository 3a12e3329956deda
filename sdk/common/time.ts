import { SteleError } from "./errors.js";

const instant = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const withoutZone = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/;

/** The machine's clock: whole seconds since 1970. */
export function machineClock(): bigint {
  return BigInt(Math.floor(Date.now() / 1000));
}

/** The largest time that a header holds: uint40 seconds. */
export const latestTime = (1n << 40n) - 1n;

/**
 * Reads a timestamp of RFC 3339 section 5.6; a zone is required. Leap seconds (`:60`) are refused, as POSIX time has
 * none.
 * @returns whole seconds since 1970; fractions are dropped
 * @throws SteleError `input`
 */
export function parseInstant(text: string): bigint {
  const parts = instant.exec(text);
  if (parts === null) {
    const why = withoutZone.test(text) ? "has no time zone; write 2026-01-31T08:00:00Z or +08:00" : "is not RFC 3339";
    throw new SteleError("input", `timestamp "${text.slice(0, 40)}" ${why}`);
  }
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const seconds = BigInt(date.getTime() / 1000) - offsetSeconds(parts[8] ?? "Z");
  if (!real || seconds < 0n) throw new SteleError("input", `timestamp "${text}" is no moment since 1970`);
  return seconds;
}

/** A moment as RFC 3339 in UTC. */
export function formatInstant(seconds: bigint | number): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

function offsetSeconds(zone: string): bigint {
  if (zone === "Z" || zone === "z") return 0n;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 23 || minutes > 59) throw new SteleError("input", `time zone "${zone}" does not exist`);
  return BigInt((zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60));
}
