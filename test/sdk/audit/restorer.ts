/** A process that restores a dataset, to be killed. Says `begin` before the first byte, and counts when it is done. */
import process from "node:process";

import type { Hex } from "../../../sdk/common/bytes.js";
import { restoreDataset } from "../../../sdk/audit/datasets/restore.js";
import { openSource } from "../../../sdk/audit/datasets/source.js";
import { DatasetStore } from "../../../sdk/audit/datasets/store.js";

const [root, into, ...from] = process.argv.slice(2);
const sources = await Promise.all(from.map((one) => openSource(one)));
const store = await DatasetStore.open(into!);
process.stdout.write("begin\n");
const { kept, fetched } = await restoreDataset({ root: root as Hex, sources, store });
process.stdout.write(`done ${kept} ${fetched}\n`);
