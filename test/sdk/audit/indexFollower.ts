/** A process that follows a book into an index in small batches, to be killed. Says how far it came. */
import process from "node:process";

import { AuditIndex } from "../../../sdk/audit/questions/audit-index.js";
import { openBookReader } from "../../../sdk/book/reader.js";

const [folder = "", file = ""] = process.argv.slice(2);
const source = await openBookReader(folder);
const index = AuditIndex.open(file);
process.stdout.write(`open ${index.reach().logs[0]?.size ?? 0n}\n`);
const { size } = await index.follow(source, { batch: 64 });
process.stdout.write(`done ${size}\n`);
index.close();
await source.close();
