import type { Anchored, AnchorOptions } from "../../../chain/anchor.js";
import type { Book } from "../../../book/book.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { duration, list, positional, text, value } from "../../fields.js";
import { thousands } from "../../output.js";

export const logAnchor = defineCommand({
  name: "log anchor",
  summary: "Bring a log's head on chain, once or at every interval",
  description:
    "Audits and publishes the log's head, proves that it extends the head on chain, collects the witnesses' signatures " +
    "that the policy asks for, and advances; in steps, if the policy's allowance takes it only so. Killed, it is run " +
    "again. With --every it goes on until it is interrupted, and sends a heartbeat for an idle log in time.\n\n" +
    "Example: stele log anchor books/ledger --witness http://127.0.0.1:8090 --account 5",
  reach: "writes",
  fields: {
    folder: positional(text, "FOLDER", "folder of the log"),
    witness: list(text, "URL", "a witness to ask (stele log witness)"),
    every: value(
      duration.refine((seconds) => seconds > 0, "must be longer").optional(),
      "TIME",
      "anchor every 30s, 15m, 1h",
    ),
  },
  async run(input, context) {
    if (context.common.propose !== undefined) {
      throw new SteleError(
        "usage",
        "a head cannot be proposed: its signatures grow old; name a delegate that sends it",
      );
    }
    const { Book } = await import("../../../book/book.js");
    const book = await Book.open(context.path(input.folder));
    try {
      if (context.common.dryRun) return await preview(book, context);
      const options = await optionsOf(book, input.witness, context);
      if (input.every === undefined) await once(options, context);
      else await repeat(input.every, options, context);
    } finally {
      await book.close();
    }
  },
});

async function optionsOf(book: Book, witnesses: readonly string[], context: Context): Promise<AnchorOptions> {
  const { HttpWitness } = await import("../../../log/witness-http.js");
  const session = await context.session();
  return {
    log: book.log,
    logId: book.config.logId,
    suite: session.suite,
    sender: await session.sender(),
    signers: await book.signers(),
    witnesses: await Promise.all(witnesses.map((url) => HttpWitness.open(url))),
    pollingInterval: session.connection.profile.pollingInterval,
    signal: context.signal,
  };
}

async function once(options: AnchorOptions, context: Context): Promise<void> {
  const { anchor } = await import("../../../chain/anchor.js");
  const bar = context.progress("anchor");
  const anchored = await anchor({ ...options, wait: true, onProgress: (done, total) => bar.update(done, total) });
  bar.finish(`${thousands(anchored.to - anchored.from)} entries`);
  context.print(summary(anchored), () => sentence(anchored));
}

async function repeat(every: number, options: AnchorOptions, context: Context): Promise<void> {
  const { anchorEvery } = await import("../../../chain/anchor-loop.js");
  await anchorEvery(every, { ...options, signal: context.signal }, (round) => {
    if (round.kind === "anchored") context.print(summary(round.anchored), () => sentence(round.anchored));
    if (round.kind === "heartbeat") context.print({ heartbeat: round.outcome.hash }, () => "Heartbeat sent.");
    if (round.kind === "failed") context.note(`This round failed: ${round.error.message}`);
  });
}

/** What would be anchored; nothing is published, signed or sent. */
async function preview(book: Book, context: Context): Promise<void> {
  const { readOwn } = await import("../../../chain/anchor.js");
  const { suite } = await context.session();
  const state = await readOwn(suite, book.log, book.config.logId);
  const [from, to] = [state.size, book.log.size()];
  const allowance = await suite.contract("LogRegistry").allowanceOf(book.config.logId);
  const steps = to - from <= allowance ? "in one step" : `in steps, as ${thousands(allowance)} may be added now`;
  context.print({ from, to, allowance }, () =>
    to === from
      ? `Dry run: the chain holds all ${thousands(to)} entries already.`
      : `Dry run: the head would move from ${thousands(from)} to ${thousands(to)} entries, ${steps}. Nothing was sent.`,
  );
}

function summary({ from, to, left, steps, txs }: Anchored) {
  return { from, to, left, steps, transactions: txs.map(({ hash }) => hash), gas: gasOf(txs) };
}

function sentence({ from, to, left, txs }: Anchored): string {
  if (to === from) return `The chain holds all ${thousands(to)} entries already.`;
  const rest = left === 0n ? "" : ` ${thousands(left)} are left for later.`;
  return `The head on chain moved from ${thousands(from)} to ${thousands(to)} entries, ${thousands(gasOf(txs))} gas.${rest}`;
}

function gasOf(txs: Anchored["txs"]): bigint {
  return txs.reduce((sum, { receipt }) => sum + receipt.gasUsed, 0n);
}
