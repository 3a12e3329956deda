import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";

/**
 * Overwrites what the last transactions left in the rollback journal of a database, pages as they were before, and
 * empties it. For whoever holds the database exclusively, between two transactions.
 */
export function wipeJournal(file: string): void {
  const journal = `${file}-journal`;
  if (!existsSync(journal)) return;
  const handle = openSync(journal, "r+");
  try {
    const zeros = Buffer.alloc(1 << 16);
    const { size } = statSync(journal);
    for (let at = 0; at < size; at += zeros.length) writeSync(handle, zeros, 0, Math.min(zeros.length, size - at), at);
    fsyncSync(handle);
    // Only now: cutting it short first would leave the pages on the disk.
    ftruncateSync(handle, 0);
  } finally {
    closeSync(handle);
  }
}
