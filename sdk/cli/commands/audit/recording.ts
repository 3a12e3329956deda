import type { Recorder } from "../../../audit/recorder.js";
import type { Recorded } from "../../../audit/recorder/operations.js";
import type { Book } from "../../../book/book.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { Context } from "../../context.js";
import { address, bytes32, text, value, type InputOf } from "../../fields.js";
import { openWallet } from "../../session.js";
import { signing } from "../../command.js";

/** Options of every command that records what it does. No network is asked: the book says which chain it is for. */
export const recordingFields = {
  book: value(text, "FOLDER", "folder of the log that the event is recorded in"),
  store: value(text, "FOLDER", "folder of the datasets; made where it is missing"),
  engagement: value(
    bytes32.optional(),
    "ID",
    "engagement under which it happens; left out: of the agency's own accord",
  ),
  source: value(text.optional(), "URI", "source of the record (default: the log's own)"),
  ...signing,
  auditor: value(
    address.optional(),
    "ADDRESS",
    "the auditor's account instead of its key: the event is not signed then",
  ),
};

/** Opens book, store and recorder, does the work, and closes them however it ends. */
export async function withRecorder<T>(
  input: InputOf<typeof recordingFields>,
  context: Context,
  work: (recorder: Recorder, book: Book) => Promise<T>,
): Promise<T> {
  const { Book } = await import("../../../book/book.js");
  const { DatasetStore } = await import("../../../audit/datasets/store.js");
  const { Recorder } = await import("../../../audit/recorder.js");
  const book = await Book.open(context.path(input.book));
  try {
    const auditor = await auditorOf(input, book.config.chainId, context);
    const { engagement, source } = input;
    const recorder = await Recorder.open(book, await DatasetStore.open(context.path(input.store)), {
      auditor,
      ...(engagement === undefined ? {} : { engagement }),
      ...(source === undefined ? {} : { source }),
    });
    try {
      const { completed, failed } = recorder.recovered;
      if (completed.length > 0) context.note(`Completed ${completed.length} interrupted operations.`);
      if (failed.length > 0) context.note(`Recorded ${failed.length} interrupted operations as failed.`);
      return await work(recorder, book);
    } finally {
      await recorder.close();
    }
  } finally {
    await book.close();
  }
}

/** Where a record went, for people. */
export function recordedAs({ index }: Pick<Recorded<unknown>, "index">): string {
  return `Recorded as entry ${index}.`;
}

/** Where a record went, for machines. */
export function recordOf({ id, index, leafHash }: Recorded<unknown>): object {
  return { id, index, leafHash };
}

async function auditorOf(
  input: InputOf<typeof recordingFields>,
  chainId: bigint,
  context: Context,
): Promise<Hex | NonNullable<Awaited<ReturnType<typeof openWallet>>>> {
  const wallet = await openWallet(input, chainId, context);
  if (wallet !== undefined && input.auditor !== undefined) {
    throw new SteleError("usage", "--auditor is for an event without its auditor's key; leave it out");
  }
  const auditor = wallet ?? input.auditor;
  if (auditor !== undefined) return auditor;
  throw new SteleError(
    "usage",
    "say who does it: --key FILE, --account N on a development network, or --auditor ADDRESS",
  );
}
