/** `npm run lock`: completes package-lock.json after a dependency changed. */
import { readFile, writeFile } from "node:fs/promises";

import { completed, missingParts, type Lock } from "./complete.js";

const path = "package-lock.json";
const lock = JSON.parse(await readFile(path, "utf8")) as Lock;
const missing = missingParts(lock);
if (missing.length > 0) await writeFile(path, `${JSON.stringify(completed(lock), null, 2)}\n`);
console.log(`${missing.length} parts for other machines added to ${path}`);
