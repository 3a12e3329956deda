/**
 * Loaded before everything else: ends the process, as SIGKILL does, at the N-th moment at which something becomes
 * durable (STELE_KILL_AT), right before it where N is odd and right after it where N is even.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";

const at = Number(process.env["STELE_KILL_AT"] ?? 0);
let count = 0;

type Call = (this: unknown, ...args: unknown[]) => unknown;

function here(when: "before" | "after"): void {
  if (count === at && (when === "before") === (at % 2 === 1)) process.kill(process.pid, "SIGKILL");
}

function counted(call: Call): Call {
  return function (this: unknown, ...args: unknown[]) {
    count++;
    here("before");
    const result = call.apply(this, args);
    here("after");
    return result;
  };
}

function replace(holder: object, names: readonly string[]): void {
  const calls = holder as Record<string, Call>;
  for (const name of names) calls[name] = counted(calls[name]!);
}

if (at > 0) {
  replace(fs, ["fdatasync", "fdatasyncSync", "fsyncSync", "renameSync", "writeSync"]);
  replace(fs.promises, ["rename", "rm"]);
  const exec = DatabaseSync.prototype.exec as Call;
  const commit = counted(exec);
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    (sql.includes("COMMIT") ? commit : exec).call(this, sql);
  };
  syncBuiltinESMExports();
}
