/** A process that appends records and erases every fifth, saying so once it is erased. */
import { Book } from "../../../sdk/book/book.js";

const book = await Book.open(process.argv[2] ?? "");
for (let round = 0; round < 40; round++) {
  const appended = await book.append(Array.from({ length: 5 }, (_, i) => ({ time: 1n, payload: { round, i } })));
  book.keys.erase(appended[2]!.leafHash, "asked for");
  process.send!(appended[2]!.index.toString());
}
await book.close();
process.disconnect();
