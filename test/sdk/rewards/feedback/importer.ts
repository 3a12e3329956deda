/** Imports feedback of 1,500 people, in a process that is to be killed: `importer.mjs FOLDER PERIOD`. */
import process from "node:process";

import { Book } from "../../../../sdk/book/book.js";
import { appendFeedback, planFeedback } from "../../../../sdk/rewards/feedback/import.js";
import { entriesFor, jobFor, upTo } from "../../../support/feedback.js";

const [folder = "", period = ""] = process.argv.slice(2);
const book = await Book.open(folder);
const plan = await planFeedback(book, jobFor(period, entriesFor(upTo(800))));
console.log("begins");
await appendFeedback(book, plan, { onProgress: (done) => console.log(String(done)) });
await book.close();
console.log("done");
