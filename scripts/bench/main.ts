/** `npm run bench`: measures, prints, and on request writes. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import * as prettier from "prettier";

import { SteleError, sentenceOf } from "../../sdk/common/errors.js";
import { modules } from "./modules.js";
import { markdownTable, meets, terminalTable } from "./report.js";
import { runBench, unmeasured } from "./run.js";
import type { Row } from "./types.js";

const usage = `npm run bench -- [options] [MODULE...]
  MODULE...     only these: ${modules.map((listed) => listed.name).join(", ")}
  --events N    size of the measurement audit-scale, which runs only where it is named (100,000 unless given)
  --folder DIR  where audit-scale keeps what it made; run it again over the same folder to go on
  --quick       a smoke run on small inputs; only the gas figures mean something
  --json FILE   also write the rows as JSON
  --write       also write the table into docs/benchmarks.md: of a full run, or of audit-scale alone
  --baseline    measure gas alone and write it into scripts/bench/gas-baseline.json`;

/** Writes a table between the marks of its section. */
async function writeDocs(rows: readonly Row[], section: string): Promise<void> {
  const path = "docs/benchmarks.md";
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const text = await readFile(path, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new SteleError("input", `${path} lost its ${begin} marks`);
  const where = `Measured on ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.versions.node}.`;
  const page = `${before}${begin}\n\n${where}\n\n${markdownTable(rows)}\n\n${end}${after}`;
  const style = await prettier.resolveConfig(path);
  await writeFile(path, await prettier.format(page, { ...style, filepath: path }));
}

async function writeBaseline(rows: readonly Row[]): Promise<void> {
  const gas = rows.filter((row) => row.unit === "gas").map((row) => [row.name, row.value] as const);
  await writeFile("scripts/bench/gas-baseline.json", `${JSON.stringify(Object.fromEntries(gas), null, 2)}\n`);
}

/** A module that runs only by its name has a section of its own. */
function sectionOf(named: readonly string[]): string | undefined {
  const [only] = modules.filter(({ name, byName }) => byName === true && named.includes(name));
  return named.length === 1 ? only?.name : undefined;
}

async function main(): Promise<number> {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const options = {
    quick: flag,
    write: flag,
    baseline: flag,
    help: flag,
    json: text,
    events: text,
    folder: text,
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const whole = positionals.length === 0 && !values.baseline;
  const section = whole ? "figures" : sectionOf(positionals);
  if (values.write && (values.quick || section === undefined)) {
    throw new SteleError("usage", "--write needs a full run of all modules, or of one that runs only by its name");
  }
  if (values.baseline && positionals.length > 0) throw new SteleError("usage", "--baseline picks its modules itself");
  const exact = modules.filter((listed) => listed.gas).map((listed) => listed.name);
  const events = values.events === undefined ? undefined : Number(values.events);
  if (events !== undefined && !(Number.isSafeInteger(events) && events >= 24)) {
    throw new SteleError("usage", "--events is not a whole number of at least 24");
  }
  const only = values.baseline ? exact : positionals;
  const progress = (sentence: string) => console.error(sentence);
  const rows = await runBench({ only, quick: values.quick, events, folder: values.folder, progress });
  console.log(terminalTable(rows));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (values.write && section !== undefined) await writeDocs(rows, section);
  if (values.baseline) await writeBaseline(rows);
  if (whole) for (const name of unmeasured(rows)) console.log(`not measured: ${name}`);
  const missed = values.quick ? [] : rows.filter((row) => meets(row) === false);
  for (const row of missed) console.log(`target missed: ${row.name}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
