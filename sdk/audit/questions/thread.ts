/** A thread of `readInThreads`: opens records of one book, a job after the other. */
import { parentPort, workerData } from "node:worker_threads";

import { openBookReader } from "../../book/reader.js";
import { SteleError, sentenceOf } from "../../common/errors.js";
import { digestsOf } from "./follow.js";
import type { Job, JobAnswer, ThreadData } from "./threads.js";

const { folder, reader } = workerData as ThreadData;
const source = openBookReader(folder, reader);
source.catch(() => undefined); // reported with the first job

let last = Promise.resolve();

parentPort?.on("message", (job: Job) => {
  last = last.then(async () => parentPort?.postMessage(await answer(job), []));
});

async function answer({ number, from, to }: Job): Promise<JobAnswer> {
  try {
    return { number, digests: await Array.fromAsync(digestsOf(await source)(from, to, {})) };
  } catch (error) {
    return { number, code: error instanceof SteleError ? error.code : undefined, message: sentenceOf(error) };
  }
}
