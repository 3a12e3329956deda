import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Book } from "../../../sdk/book/book.js";
import { onChain, opening } from "./setting.js";
import type { Row } from "./row.js";

/** The log with a changed book.json. */
function described(name: string, change: (config: Record<string, unknown>) => unknown, says: string | RegExp): Row {
  return {
    name,
    argv: ["log", "append", "book", "more.ndjson", "--again"],
    says,
    prepare: async (folder) => {
      const file = join(folder, "book", "book.json");
      const config = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      await writeFile(file, JSON.stringify({ ...config, ...(change(config) as object) }));
    },
  };
}

const noLog = /book\.json: there is no log in this folder; open one with stele log open$/;

export const bookRows: readonly Row[] = [
  ...(
    [
      ["append", []],
      ["prove", ["0"]],
      ["serve", []],
      ["status", ["--offline"]],
      ["anchor", [...onChain, "--account", "5"]],
    ] as const
  ).map(([verb, more]): Row => ({
    name: `log ${verb} of a folder that is not there`,
    argv: ["log", verb, "nowhere", ...(verb === "append" ? ["in.ndjson"] : []), ...more],
    says: noLog,
  })),
  {
    name: "record show of an empty folder",
    prepare: (folder) => mkdir(join(folder, "empty")),
    argv: ["record", "show", "empty", "0"],
    says: noLog,
  },
  {
    name: "record answer of a folder that is not there",
    argv: ["record", "answer", "nowhere", "0", ...onChain],
    says: noLog,
  },
  { name: "a file given for the log's folder", argv: ["log", "status", "in.ndjson", "--offline"], says: noLog },
  {
    name: "a torn book.json",
    argv: ["log", "append", "book", "more.ndjson", "--again"],
    says: /book\.json:2: is not JSON$/,
    prepare: (folder) => writeFile(join(folder, "book", "book.json"), '{\n  "format": 1,'),
  },
  {
    name: "a book.json that is not UTF-8",
    argv: ["log", "status", "book", "--offline"],
    says: /book\.json: is not UTF-8 text; convert the file first$/,
    prepare: (folder) => writeFile(join(folder, "book", "book.json"), Buffer.from([0x7b, 0xff, 0x7d])),
  },
  {
    name: "a folder for a book.json",
    argv: ["log", "status", "book", "--offline"],
    says: /book\.json: cannot be read: it is a folder$/,
    prepare: async (folder) => {
      await rm(join(folder, "book", "book.json"));
      await mkdir(join(folder, "book", "book.json"));
    },
  },
  described("an unknown field in book.json", () => ({ colour: "red" }), /book\.json: has an unknown field "colour"$/),
  described(
    "another format of book.json",
    () => ({ format: 2 }),
    /book\.json field "format": is not 1, the only format/,
  ),
  described("a log id too short", () => ({ logId: "0x12" }), /book\.json field "logId": is not 32 bytes of hex/),
  described(
    "a registry that is no address",
    () => ({ registry: "0x12" }),
    /book\.json field "registry": is not an address$/,
  ),
  described("a key epoch of 65,536", () => ({ keyEpoch: 65_536 }), /book\.json field "keyEpoch": /),
  described("a source that is no URI", () => ({ source: "ledger" }), /book\.json field "source": is not a URI$/),
  described(
    "a recipient without a key",
    () => ({ recipients: [{ id: "x" }] }),
    /field "recipients\.0\.publicKey": is missing/,
  ),
  described("another log's description", () => ({ logId: `0x${"77".repeat(32)}` }), /is of the log stele\/31337\//),
  {
    name: "a damaged key",
    argv: ["log", "append", "book", "more.ndjson", "--again"],
    says: /book\/secrets: holds a key that cannot be read$/,
    prepare: (folder) => writeFile(join(folder, "book", "secrets", "note.key"), "0x12\n"),
  },
  {
    name: "a store that is no database",
    argv: ["log", "status", "book", "--offline"],
    says: /book\/log/,
    prepare: (folder) => writeFile(join(folder, "book", "log", "log.db"), "x".repeat(5000)),
  },
  {
    name: "a torn note of an interrupted append",
    argv: ["log", "append", "book", "more.ndjson"],
    says: /book\/imports\/pending\.json:1: is not JSON$/,
    prepare: (folder) => writeFile(join(folder, "book", "imports", "pending.json"), '{"digest":'),
  },
  {
    name: "a log that another process is writing",
    argv: ["log", "append", "book", "more.ndjson", "--again"],
    says: /another process|in use|busy/i,
    prepare: async (folder) => {
      const book = await Book.open(join(folder, "book"));
      return () => book.close();
    },
  },
  {
    name: "proving an entry beyond the end",
    argv: ["log", "prove", "book", "99"],
    says: /^no checkpoint covers entry 99 yet/,
  },
  {
    name: "proving an entry that is not published",
    argv: ["log", "prove", "book", "2"],
    says: /^no checkpoint covers entry 2 yet \(the latest covers 2 entries\)/,
  },
  { name: "showing an entry beyond the end", argv: ["record", "show", "book", "99", "--offline"], says: /\b99\b/ },
  {
    name: "showing an entry that is not anchored",
    argv: ["record", "show", "book", "2", ...onChain],
    says: /^entry 2 is not anchored yet: the chain's head has 2 entries$/,
  },
  {
    name: "presenting a field that is not there",
    argv: ["record", "show", "book", "0", "--field", "/grade", "--out", "x.json", "--offline"],
    says: /^the payload has no field "\/grade"/,
  },
  {
    name: "presenting to the subject what is about nobody",
    argv: ["record", "show", "book", "1", "--to-subject", "--out", "x.json", "--offline"],
    says: /^record 1 is about nobody/,
  },
  {
    name: "opening another log in a log's folder",
    argv: [
      "log",
      "open",
      "book",
      "--kind",
      "audit.events",
      "--name",
      "other",
      "--policy",
      "1",
      ...onChain,
      "--account",
      "5",
    ],
    says: /book: this folder holds the log "staff" already$/,
  },
  {
    name: "opening a log that another folder keeps",
    argv: ["log", "open", "second", ...opening, ...onChain, "--account", "5"],
    says: /^log "staff" is open with another checkpoint key/,
  },
  {
    name: "a recipient's key that is not there",
    argv: ["log", "open", "new", ...opening, "--recipient", "no.jwk", ...onChain, "--account", "5"],
    says: "no.jwk: there is no such file",
  },
  {
    name: "a recipient's key that is no JSON",
    files: { "no.jwk": "key" },
    argv: ["log", "open", "new", ...opening, "--recipient", "no.jwk", ...onChain, "--account", "5"],
    says: "no.jwk:1: is not JSON",
  },
  {
    name: "a recipient's private key",
    files: { "p.jwk": '{"kty":"OKP","crv":"X25519","x":"AA","d":"AA"}' },
    argv: ["log", "open", "new", ...opening, "--recipient", "p.jwk", ...onChain, "--account", "5"],
    says: "p.jwk: holds a private key; give the public one",
  },
  {
    name: "a recipient's key of a kind that encrypts nothing",
    files: { "p.jwk": '{"kty":"RSA","n":"AA","e":"AQAB"}' },
    argv: ["log", "open", "new", ...opening, "--recipient", "p.jwk", ...onChain, "--account", "5"],
    says: /^p\.jwk field "crv": /,
  },
];
