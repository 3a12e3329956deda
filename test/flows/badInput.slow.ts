import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import type { Ended } from "../support/program.js";
import type { Row } from "./badInput/row.js";
import { copyOf, onChain, openSetting, profileAt, stateOf, type Setting } from "./badInput/setting.js";

const main = fileURLToPath(new URL("../../sdk/cli/main.ts", import.meta.url));
const start = fileURLToPath(new URL("../../scripts/start.ts", import.meta.url));

/** The same through the real program: streams, exit codes and all. */
const programRows: readonly Row[] = [
  {
    name: "a bad line",
    files: { "bad.ndjson": '{"data":{}}\n{"data":3}' },
    argv: ["log", "append", "book", "bad.ndjson"],
    says: 'bad.ndjson:2 field "data": is not a JSON object',
  },
  {
    name: "a bad line of standard input",
    stdin: "hello",
    argv: ["log", "append", "book"],
    says: /^standard input:1: no JSON value/,
  },
  {
    name: "a node that is down",
    prepare: (folder, { closed }) => writeFile(join(folder, "net.json"), JSON.stringify(profileAt(closed))),
    argv: ["log", "status", "book", ...onChain],
    says: /cannot be reached at .*is its node running\?$/,
  },
  {
    name: "a forged proof",
    prepare: (folder) => writeFile(join(folder, "bad.json"), "{}"),
    argv: ["proof", "verify", "bad.json", ...onChain],
    says: /^bad\.json field "format": /,
  },
  { name: "an unknown option", argv: ["log", "status", "--nonsense"], says: /^unknown option '--nonsense'/, code: 2 },
  {
    name: "an account that is no member",
    argv: [
      "log",
      "open",
      "new",
      "--kind",
      "audit.events",
      "--name",
      "x",
      "--policy",
      "1",
      ...onChain,
      "--account",
      "15",
    ],
    says: /belongs to no member$/,
  },
];

const startRows: readonly Row[] = [
  {
    name: "an unknown chapter",
    argv: ["nonsense"],
    says: /^there is no chapter "nonsense".*npm start -- --help explains$/,
    code: 2,
  },
  {
    name: "an unknown option",
    argv: ["--nonsense"],
    says: /^Unknown option '--nonsense'.*npm start -- --help explains$/,
    code: 2,
  },
  { name: "an option without its value", argv: ["--data"], says: /--data.*npm start -- --help explains$/, code: 2 },
  { name: "a folder that is not there", argv: ["--data", "nowhere"], says: /nowhere: there is no such folder$/ },
  {
    name: "a file for a folder",
    argv: ["--data", "in.ndjson"],
    says: /in\.ndjson: is a file; --data takes a folder$/,
    code: 2,
  },
  {
    name: "a folder without a file",
    prepare: (folder) => mkdir(join(folder, "empty")).then(() => undefined),
    argv: ["--data", "empty"],
    says: /empty: holds no file, so there is nothing to record$/,
  },
  {
    name: "a folder to keep that is not empty",
    argv: ["--keep", "book"],
    says: "book: is not empty; --keep takes a new or empty folder",
  },
  {
    name: "a file for the folder to keep",
    argv: ["--keep", "in.ndjson"],
    says: /^in\.ndjson: cannot be made: it is a file/,
  },
];

describe("the real programs refuse bad input with one sentence, and change nothing:", function () {
  this.timeout(300_000);
  let setting: Setting;
  before(async () => {
    setting = await openSetting();
  });
  after(() => setting.close());

  for (const row of programRows) {
    it(`stele: ${row.name}`, () => refuses(row, setting, main));
  }
  for (const row of startRows) {
    it(`npm start: ${row.name}`, () => refuses(row, setting, start));
  }
});

function argvOf({ argv }: Row, setting: Setting): readonly string[] {
  return typeof argv === "function" ? argv(setting) : argv;
}

async function refuses(row: Row, setting: Setting, program: string): Promise<void> {
  const folder = await copyOf(setting);
  try {
    for (const [name, content] of Object.entries(row.files ?? {})) await writeFile(join(folder, name), content);
    await row.prepare?.(folder, setting);
    const [before, block] = [await stateOf(folder), await setting.blockNumber()];
    const ended = await run(program, folder, argvOf(row, setting), row.stdin);
    expect(ended.err).to.match(/^stele: [^\n]+\n$/);
    const sentence = ended.err.slice("stele: ".length, -1);
    if (typeof row.says === "string") expect(sentence).to.equal(row.says);
    else expect(sentence).to.match(row.says);
    expect(ended).to.deep.include({ out: "", code: row.code ?? 1 });
    expect(await stateOf(folder), "the folder changed").to.equal(before);
    expect(await setting.blockNumber(), "the chain changed").to.equal(block);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A TypeScript program in a process of its own, in a folder. */
async function run(program: string, folder: string, argv: readonly string[], stdin: Row["stdin"]): Promise<Ended> {
  // As npm would start it from that folder, whatever npm started these tests.
  const env = { ...process.env, INIT_CWD: folder };
  const args = ["--import", import.meta.resolve("tsx"), program, ...argv];
  const child = spawn(process.execPath, args, { cwd: folder, env });
  child.stdin.end(stdin ?? "");
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => (out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (err += piece.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, out, err };
}
