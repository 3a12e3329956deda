/** A process that imports an NDJSON file into a book, to be killed. Says `appending` once the first batch is in. */
import { createReadStream } from "node:fs";
import process from "node:process";

import { Book } from "../../../sdk/book/book.js";
import { readNdjson } from "../../../sdk/records/intake/ndjson.js";

const [folder = "", file = ""] = process.argv.slice(2);
const book = await Book.open(folder);
process.stdout.write(`open ${book.log.size()}\n`);
let said = "";
const say = (phase: string): void => {
  if (phase !== said) process.stdout.write(`${(said = phase)}\n`);
};
await book.import(readNdjson(createReadStream(file), file), { onProgress: ({ phase }) => say(phase) });
await book.close();
