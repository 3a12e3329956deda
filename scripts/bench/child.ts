/**
 * Runs one bench module in a process of its own, so that one module's memory and warmed-up code say nothing about
 * another's. Started by run.ts; answers over the process channel.
 */
import { sentenceOf } from "../../sdk/common/errors.js";
import type { BenchModule, BenchOptions } from "./types.js";

const [name, settings = "{}"] = process.argv.slice(2);
const send = (message: unknown) => new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
const asked = JSON.parse(settings) as Pick<BenchOptions, "quick" | "events" | "folder">;
const abort = new AbortController();
process.once("SIGTERM", () => abort.abort());

try {
  const module = (await import(`./${name}.ts`)) as BenchModule;
  const progress = (sentence: string) => void send({ progress: sentence });
  const rows = await module.rows({ ...asked, signal: abort.signal, progress });
  await send({ rows });
  process.exit(0);
} catch (error) {
  await send({ error: error instanceof Error ? (error.stack ?? error.message) : sentenceOf(error) });
  process.exit(1);
}
