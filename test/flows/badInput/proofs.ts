import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { onChain } from "./setting.js";
import type { Row } from "./row.js";

// oxlint-disable-next-line typescript/no-explicit-any -- a document that is bent on purpose
type Json = Record<string, any>;

const verify = ["proof", "verify", "bad.json", ...onChain] as const;

/** A changed copy of a document of the setting, verified against the chain unless said otherwise. */
function changed(
  name: string,
  source: "proof.json" | "shown.json" | "mine.json",
  change: (document: Json) => unknown,
  says: string | RegExp,
  argv: Row["argv"] = verify,
): Row {
  return {
    name,
    argv,
    says,
    prepare: async (folder) => {
      const document = JSON.parse(await readFile(join(folder, source), "utf8")) as Json;
      change(document);
      await writeFile(join(folder, "bad.json"), JSON.stringify(document, null, 2));
    },
  };
}

function text(name: string, content: string | Uint8Array, says: string | RegExp): Row {
  return { name, files: { "bad.json": content }, argv: verify, says };
}

const flipped = (hex: string): string => hex.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));

export const proofRows: readonly Row[] = [
  {
    name: "a file that is not there",
    argv: ["proof", "verify", "gone.json", "--offline"],
    says: "gone.json: there is no such file",
  },
  {
    name: "a folder for a file",
    argv: ["proof", "verify", "book", "--offline"],
    says: "book: cannot be read: it is a folder",
  },
  text("no JSON", "hello", "bad.json:1: is not JSON"),
  text("JSON torn in line 3", '{\n  "format": "stele-proof/1",\n  "index"', /^bad\.json:3: is not JSON$/),
  text("an empty file", "", "bad.json:1: is not JSON"),
  text(
    "bytes that are no text",
    Buffer.from([0x7b, 0xff, 0x7d]),
    "bad.json: is not UTF-8 text; convert the file first",
  ),
  text("null", "null", /^bad\.json: /),
  text("a list", "[]", /^bad\.json: /),
  text("a bundle that is only a name", '{"format":"stele-proof/1"}', /^bad\.json field "log": is missing/),
  changed(
    "another format",
    "proof.json",
    (d) => (d["format"] = "stele-proof/2"),
    /^bad\.json field "format": is not "stele-record\/1"$/,
  ),
  changed("an unknown field", "proof.json", (d) => (d["note"] = "x"), 'bad.json: has an unknown field "note"'),
  changed(
    "a hash with a byte too few",
    "proof.json",
    (d) => (d["inclusion"][0] = `0x${"11".repeat(31)}`),
    /^bad\.json field "inclusion\.0": is not 32 bytes/,
  ),
  changed(
    "66 hashes",
    "proof.json",
    (d) => (d["inclusion"] = Array(66).fill(`0x${"11".repeat(32)}`)),
    /^bad\.json field "inclusion": has more/,
  ),
  changed(
    "an index in words",
    "proof.json",
    (d) => (d["index"] = "one"),
    /^bad\.json field "index": is not a whole number/,
  ),
  changed(
    "an index below zero",
    "proof.json",
    (d) => (d["index"] = -1),
    /^bad\.json field "index": is not a whole number/,
  ),
  changed(
    "an index of 2^64",
    "proof.json",
    (d) => (d["index"] = "18446744073709551616"),
    /^bad\.json field "index": is no tree size/,
  ),
  changed(
    "an index beyond the checkpoint",
    "proof.json",
    (d) => (d["index"] = 7),
    /^bad\.json field "inclusion": does not show the entry at 7/,
  ),
  changed(
    "an entry that is no hex",
    "proof.json",
    (d) => (d["entry"] = "0xz"),
    'bad.json field "entry": is not hex with a leading 0x',
  ),
  changed(
    "an entry too long",
    "proof.json",
    (d) => (d["entry"] = `0x${"00".repeat(65_536)}`),
    /^bad\.json field "entry": is longer/,
  ),
  changed(
    "a forged entry",
    "proof.json",
    (d) => (d["entry"] = flipped(d["entry"])),
    /^bad\.json field "inclusion": does not show/,
  ),
  changed(
    "a proof with an element too many",
    "proof.json",
    (d) => d["inclusion"].push(d["inclusion"][0]),
    /^bad\.json field "inclusion": does not show/,
  ),
  changed(
    "a proof with an element too few",
    "proof.json",
    (d) => d["inclusion"].pop(),
    /^bad\.json field "inclusion": does not show/,
  ),
  changed(
    "a checkpoint that is no note",
    "proof.json",
    (d) => (d["checkpoint"] = "42"),
    /^bad\.json field "checkpoint": not a signed note/,
  ),
  changed(
    "a checkpoint of another size",
    "proof.json",
    (d) => (d["checkpoint"] = d["checkpoint"].replace("\n2\n", "\n3\n")),
    /^bad\.json(?: field "\w+")?: /,
  ),
  changed(
    "another chain",
    "proof.json",
    (d) => (d["log"] = { origin: d["log"].origin.replace("31337", "1") }),
    /^bad\.json field "log\.origin": is a log on chain 1, and this network/,
  ),
  changed(
    "a log that contradicts its origin",
    "proof.json",
    (d) => (d["log"].suite.logId = `0x${"11".repeat(32)}`),
    'bad.json field "log.suite": names another log or chain than the origin',
  ),
  changed(
    "a log outside the suite",
    "proof.json",
    (d) => (d["log"] = { origin: "example.org/log" }),
    'bad.json field "log.origin": is not the name of a suite\'s log',
  ),
  changed(
    "a log that the chain does not know",
    "proof.json",
    (d) => {
      d["log"] = { origin: `stele/31337/${"11".repeat(32)}` };
    },
    /LogRegistryUnknown/,
  ),
  changed("a record without a proof", "shown.json", (d) => delete d["proof"], /^bad\.json field "proof/),
  changed(
    "an unknown field inside the proof",
    "shown.json",
    (d) => (d["proof"].note = 1),
    /^bad\.json field "proof": has an unknown field "note"$/,
  ),
  changed(
    "a changed value",
    "shown.json",
    (d) => (d["disclosure"].fields.at(-1).value = "surgery"),
    /^bad\.json field "\/course": the field is not what/,
  ),
  changed(
    "an added field",
    "shown.json",
    (d) => d["disclosure"].fields.push({ ...d["disclosure"].fields[0], path: ["z"] }),
    /^bad\.json field "\/z": the field is/,
  ),
  changed(
    "a field shown twice",
    "shown.json",
    (d) => d["disclosure"].fields.push(d["disclosure"].fields.at(-1)),
    /^bad\.json field "\/course": the field is out of order/,
  ),
  changed(
    "fields without what ties them to the header",
    "shown.json",
    (d) => (d["disclosure"].fields = d["disclosure"].fields.slice(-1)),
    /^bad\.json field "\/\$stele\/header": .*not shown/,
  ),
  changed(
    "a value that is an object",
    "shown.json",
    (d) => (d["disclosure"].fields[0].value = { a: 1 }),
    /^bad\.json field "disclosure\.fields\.\d\.value": /,
  ),
  changed(
    "a salt too short",
    "shown.json",
    (d) => (d["disclosure"].fields[0].salt = "0x12"),
    /^bad\.json field "disclosure\.fields\.0\.salt": is not 32 bytes/,
  ),
  changed(
    "a wrong number of fields",
    "shown.json",
    (d) => (d["disclosure"].size += 1),
    /^bad\.json field "\/\$stele\/header": /,
  ),
  changed(
    "an opening that opens nothing",
    "mine.json",
    (d) => (d["opening"].salt = `0x${"11".repeat(32)}`),
    'bad.json field "opening": does not open the header\'s subject commitment',
  ),
  changed(
    "half an opening",
    "mine.json",
    (d) => delete d["opening"].salt,
    /^bad\.json field "opening\.salt": is missing/,
  ),
  {
    name: "nothing to trust",
    argv: ["proof", "verify", "proof.json", "--offline"],
    says: /^name something to trust/,
    code: 2,
  },
  changed("a trusted key that is none", "proof.json", () => undefined, "the verifier key is not name+id+key", [
    "proof",
    "verify",
    "bad.json",
    "--offline",
    "--verifier-key",
    "secret",
  ]),
  changed("a trusted key of somebody else", "proof.json", () => undefined, /^bad\.json field "checkpoint": /, [
    "proof",
    "verify",
    "bad.json",
    "--offline",
    "--checkpoint-key",
    `0x${"11".repeat(20)}`,
  ]),
  {
    name: "a trusted checkpoint that is no note",
    argv: ["proof", "verify", "proof.json", "--offline", "--checkpoint", "in.ndjson"],
    says: /^in\.ndjson: not a signed note/,
  },
  {
    name: "a trusted checkpoint that is not there",
    argv: ["proof", "verify", "proof.json", "--offline", "--checkpoint", "gone"],
    says: "gone: there is no such file",
  },
  {
    name: "an index with a presented record",
    argv: ["record", "show", "shown.json", "1", "--offline"],
    says: "shown.json: INDEX and --log are for a file of openings",
    code: 2,
  },
  {
    name: "a part of a presented record that was not shown to one whole",
    argv: ["record", "show", "shown.json", "--field", "/amount", "--out", "more.json", "--offline"],
    says: "--out, --field and --to-subject go with the folder of a log, or an opening",
    code: 2,
  },
  {
    name: "a path that leads nowhere",
    argv: ["record", "show", "gone", "--offline"],
    says: "gone: there is no such file or folder",
  },
  changed(
    "showing an entry that is no record",
    "proof.json",
    (d) => (d["entry"] = "0x0102"),
    /^bad\.json field "header": 2 bytes where a record header has 195$/,
    ["record", "show", "bad.json", "--offline"],
  ),
];
