import type { Sink } from "./output.js";

/** How far long work has come. */
export interface Progress {
  /** Sets how much is done, and how much there is where that is known only now. */
  update(done: number | bigint, total?: number | bigint): void;
  /** Ends the bar; says what was reached. */
  finish(text?: string): void;
}

const width = 28;
const redrawMillis = 100;

/**
 * A bar on a terminal; elsewhere one line at the end, so that logs stay readable.
 * @param sink standard error, so that standard output stays clean for results
 */
export function startProgress(sink: Sink, label: string, total?: number | bigint): Progress {
  let whole = total === undefined ? undefined : Number(total);
  let done = 0;
  let drawnAt = 0;
  let ended = false;
  const started = performance.now();
  const draw = (): void => {
    if (!sink.isTTY || ended) return;
    drawnAt = performance.now();
    const share = whole === undefined || whole === 0 ? undefined : Math.min(1, done / whole);
    const bar =
      share === undefined
        ? ""
        : ` [${"#".repeat(Math.round(share * width)).padEnd(width, ".")}] ${Math.floor(share * 100)} %`;
    sink.write(`\r\u001b[2K${label}${bar} ${done.toLocaleString("en-US")}`);
  };
  draw();
  return {
    update(now, newTotal) {
      done = Number(now);
      if (newTotal !== undefined) whole = Number(newTotal);
      if (performance.now() - drawnAt >= redrawMillis) draw();
    },
    finish(text) {
      if (ended) return;
      ended = true;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const line = text ?? `${done.toLocaleString("en-US")} done`;
      sink.write(`${sink.isTTY ? "\r\u001b[2K" : ""}${label}: ${line} (${seconds} s)\n`);
    },
  };
}
