/** A process that appends to a book from several sources until it is killed or told to stop; says what is durable. */
import process from "node:process";

import { Book } from "../../../sdk/book/book.js";

const [folder = "", sources = "4"] = process.argv.slice(2);
const book = await Book.open(folder);
const stop = new AbortController();
process.stdin.once("data", () => stop.abort());

async function write(source: string): Promise<void> {
  while (!stop.signal.aborted) {
    const records = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => ({
      source,
      time: 1_772_366_400n,
      payload: ({ sequence, index }: { sequence: bigint; index: bigint }) => ({
        source,
        sequence: sequence.toString(),
        index: index.toString(),
      }),
    }));
    const appended = await book.append(records);
    process.stdout.write(`${source} ${appended.at(-1)!.sequence}\n`);
  }
}

process.stdout.write("open\n");
await Promise.all(Array.from({ length: Number(sources) }, (_, i) => write(`urn:stele:source:${i}`)));
await book.close();
process.exit();
