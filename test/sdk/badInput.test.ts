import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { readBookConfig } from "../../sdk/book/config.js";
import { openBookView } from "../../sdk/book/prove.js";
import { Book } from "../../sdk/book/book.js";
import { formatCapabilities, parseCapabilities } from "../../sdk/chain/capabilities.js";
import { readManifest } from "../../sdk/chain/manifest.js";
import { loadProfile } from "../../sdk/chain/profile-file.js";
import { parseProfile } from "../../sdk/chain/profile.js";
import { fromBase64, fromHex, fromUtf8 } from "../../sdk/common/bytes.js";
import { SteleError, type SteleErrorCode } from "../../sdk/common/errors.js";
import { readJson } from "../../sdk/common/json.js";
import { parseInstant } from "../../sdk/common/time.js";
import { openLogView } from "../../sdk/log/log.js";
import { checkEntry, decodeBundle } from "../../sdk/log/tiles.js";
import { parseBundle, verifyBundle } from "../../sdk/proof/bundle.js";
import { formatCheckpoint, parseCheckpoint, readUnverified, suiteOrigin } from "../../sdk/proof/checkpoint.js";
import { ed25519Signer, ed25519Verifier } from "../../sdk/proof/ed25519.js";
import { openNote, parseNote } from "../../sdk/proof/note.js";
import { decodeAttachment } from "../../sdk/records/attachment.js";
import { canonicalText } from "../../sdk/records/canonical.js";
import { parseDisclosure, show } from "../../sdk/records/disclosure.js";
import { openGrant } from "../../sdk/records/epoch.js";
import { decodeHeader, encodeHeader, headerHash, type RecordHeader } from "../../sdk/records/header.js";
import { readCsv } from "../../sdk/records/intake/csv.js";
import { parseDraft } from "../../sdk/records/intake/draft.js";
import { readFolder } from "../../sdk/records/intake/folder.js";
import { readNdjson } from "../../sdk/records/intake/ndjson.js";
import { parseJson } from "../../sdk/records/json.js";
import { parsePresentation } from "../../sdk/records/presentation.js";
import { checkPayload } from "../../sdk/records/record.js";
import { unseal, unwrapKey } from "../../sdk/records/seal.js";
import { parseMetaAddress } from "../../sdk/records/stealth.js";
import { temporaryFolders } from "../support/folders.js";

type Case = readonly [name: string, call: () => unknown, code: SteleErrorCode, field?: string];

const short = new Uint8Array(3);
const header: RecordHeader = {
  logId: new Uint8Array(32),
  source: new Uint8Array(32),
  sequence: 0n,
  time: 0n,
  schema: new Uint8Array(32),
  retentionClass: 0n,
  subjectCommitment: new Uint8Array(32),
  disputeAddress: new Uint8Array(20),
  payloadCommitment: new Uint8Array(32),
};
const profile = { name: "x", chainId: 1, endpoints: ["http://a"], feeMode: "zero", finality: { kind: "instant" } };

const cases: readonly Case[] = [
  ["fromHex of a text", () => fromHex("hello"), "input"],
  ["fromHex of a length that is not wanted", () => fromHex("0x12", 32), "input"],
  ["fromBase64 of a text", () => fromBase64("?"), "input"],
  ["fromBase64 of what is not canonical", () => fromBase64("AB=="), "input"],
  ["fromUtf8 of bytes that are no text", () => fromUtf8(Uint8Array.of(0xff)), "input"],
  ["readJson of a torn text", () => readJson("{"), "input"],
  ["parseInstant without zone", () => parseInstant("2026-01-31T08:00:00"), "input"],
  ["parseInstant of words", () => parseInstant("noon"), "input"],
  ["parseBundle of nothing", () => parseBundle(undefined), "input"],
  ["parseBundle of a list", () => parseBundle([]), "input"],
  ["parseBundle without a log", () => parseBundle({ format: "stele-proof/1" }), "input", "log"],
  ["parseBundle of another format", () => parseBundle({ format: "x" }), "input", "format"],
  ["verifyBundle of a text", () => verifyBundle("x", {}), "input"],
  ["parsePresentation of nothing", () => parsePresentation(null), "input"],
  [
    "parsePresentation of half a proof",
    () => parsePresentation({ format: "stele-record/1", proof: { format: "stele-proof/1" } }),
    "input",
    "proof.log",
  ],
  ["parseNote of a text", () => parseNote("x"), "input"],
  ["parseNote of bytes", () => parseNote(Uint8Array.of(0xff)), "input"],
  ["openNote of a text", () => openNote("x", []), "input"],
  ["parseCheckpoint of two lines", () => parseCheckpoint("a\n1\n"), "input"],
  ["parseCheckpoint with a size in words", () => parseCheckpoint("a\none\nAA==\n"), "input"],
  ["parseCheckpoint with a short root", () => parseCheckpoint("a\n1\nAA==\n"), "input"],
  ["readUnverified of a text", () => readUnverified("x"), "input"],
  [
    "formatCheckpoint of a short root",
    () => formatCheckpoint({ origin: "a", size: 1n, root: short, extensions: [] }),
    "input",
  ],
  ["suiteOrigin of a short log id", () => suiteOrigin(1n, "0x12"), "input"],
  ["ed25519Verifier of a text", () => ed25519Verifier("x"), "input"],
  ["ed25519Signer with a short key", () => ed25519Signer("a", short), "input"],
  ["ed25519Signer with a space in its name", () => ed25519Signer("a b", new Uint8Array(32)), "input"],
  ["decodeHeader of three bytes", () => decodeHeader(short), "input", "header"],
  ["decodeHeader of another version", () => decodeHeader(new Uint8Array(195)), "input", "version"],
  ["headerHash of three bytes", () => headerHash(short), "input", "header"],
  ["encodeHeader with a short log id", () => encodeHeader({ ...header, logId: short }), "input", "logId"],
  ["encodeHeader with a late time", () => encodeHeader({ ...header, time: 1n << 40n }), "input", "time"],
  ["encodeHeader with class 256", () => encodeHeader({ ...header, retentionClass: 256n }), "input", "retentionClass"],
  ["parseDisclosure of nothing", () => parseDisclosure(null), "input"],
  [
    "parseDisclosure without fields",
    () => parseDisclosure({ format: "stele.disclosure.v1", size: 1 }),
    "input",
    "fields",
  ],
  ["show of a field that is not there", () => show({ a: 1 }, new Uint8Array(32), ["/b"]), "input"],
  ["parseJson of a member given twice", () => parseJson('{"a":1,"a":2}'), "input", "/a"],
  ["canonicalText of a bigint", () => canonicalText({ a: 1n }), "input", "/a"],
  ["canonicalText of undefined", () => canonicalText({ a: [undefined] }), "input", "/a/0"],
  ["canonicalText of a date", () => canonicalText({ a: new Date(0) }), "input", "/a"],
  ["checkPayload of a text", () => checkPayload({ payload: "x" }), "input"],
  ["checkPayload of a reserved member", () => checkPayload({ payload: { $stele: 1 } }), "input", "/$stele"],
  ["checkPayload of 70,000 characters", () => checkPayload({ payload: { a: "x".repeat(70_000) } }), "input"],
  ["parseDraft of a list", () => parseDraft([], {}), "input"],
  ["parseDraft of a misspelt field", () => parseDraft({ data: {}, dat: 1 }, {}), "input"],
  ["parseDraft about nobody", () => parseDraft({ data: {}, subject: `0x${"00".repeat(32)}` }, {}), "input", "subject"],
  ["decodeAttachment of three bytes", () => decodeAttachment(short), "input"],
  ["parseMetaAddress of a text", () => parseMetaAddress("x"), "input"],
  ["parseProfile of nothing", () => parseProfile(undefined), "input"],
  [
    "parseProfile with a URL that is none",
    () => parseProfile({ ...profile, endpoints: ["x"] }),
    "input",
    "endpoints.0",
  ],
  ["parseProfile without a name", () => parseProfile({ ...profile, name: undefined }), "input", "name"],
  ["parseCapabilities of an unknown name", () => parseCapabilities("KING"), "input"],
  ["formatCapabilities of 129 bits", () => formatCapabilities(1n << 128n), "input"],
  ["checkEntry of 65,536 bytes", () => checkEntry(new Uint8Array(65_536), 0), "input"],
  ["loadProfile of a path", () => loadProfile("../x"), "usage"],
  ["loadProfile of a file that is not there", () => loadProfile("/nowhere/x.json"), "missing"],
  ["readManifest of a file that is not there", () => readManifest("/nowhere/manifest.json"), "missing"],
  ["readManifest of a folder", () => readManifest("/tmp"), "missing"],
  ["readBookConfig of a folder that is not there", () => readBookConfig("/nowhere"), "missing"],
  ["Book.open of a folder that is not there", () => Book.open("/nowhere"), "missing"],
  ["openBookView of a folder that is not there", () => openBookView("/nowhere"), "missing"],
  ["openLogView of a folder that is not there", () => openLogView("/nowhere"), "missing"],
  ["readNdjson of a text", () => drain(readNdjson(stream(Buffer.from("x")), "x")), "input"],
  ["readCsv of an open quote", () => drain(readCsv(stream(Buffer.from('a\n"')), "x")), "input"],
  ["readFolder of a folder that is not there", () => drain(readFolder("/nowhere")), "missing"],
];

describe("library entries that take outside input refuse it with a SteleError:", function () {
  const folders = temporaryFolders();

  for (const [name, call, code, field] of cases) {
    it(name, async () => {
      const error = await thrownBy(call);
      expect(error, String(error)).to.be.instanceOf(SteleError);
      const { place, message, code: actual } = error as SteleError;
      expect([actual, place.field]).to.deep.equal([code, field]);
      expect(message).not.to.contain("\n");
    });
  }

  it("readFolder names the link that leads out", async () => {
    const folder = folders();
    await mkdir(join(folder, "in"));
    await symlink("/etc", join(folder, "in", "out"));
    const error = await thrownBy(() => drain(readFolder(join(folder, "in"))));
    expect((error as SteleError).place.file).to.match(/in\/out$/);
  });

  const text = fc.oneof(fc.string({ unit: "binary" }), fc.json());
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    text.map((one) => new Uint8Array(Buffer.from(one))),
  );
  const json = fc.oneof(fc.jsonValue(), fc.anything(), bent());

  const texts: Readonly<Record<string, (text: string) => unknown>> = {
    parseBundle,
    parsePresentation,
    parseNote,
    parseCheckpoint,
    readUnverified,
    ed25519Verifier,
    parseInstant,
    parseCapabilities,
    parseMetaAddress,
    parseJson,
    readJson,
    "openNote, with a known key": (one) => openNote(one, []),
  };
  for (const [name, call] of Object.entries(texts)) {
    it(`any text into ${name}`, () => neverOther(text, call));
  }

  const values: Readonly<Record<string, (value: unknown) => unknown>> = {
    parseBundle,
    parsePresentation,
    parseDisclosure,
    parseProfile,
    parseDraft: (one) => parseDraft(one, {}),
    checkPayload: (payload) => checkPayload({ payload }),
    canonicalText,
    "verifyBundle, with something to trust": (one) =>
      verifyBundle(one, { head: { origin: "a", size: 1n, root: short } }),
  };
  for (const [name, call] of Object.entries(values)) {
    it(`any value into ${name}`, () => neverOther(json, call));
  }

  const binary: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    decodeHeader,
    headerHash,
    parseNote,
    parseJson,
    fromUtf8,
    decodeAttachment,
    decodeBundle: (one) => decodeBundle(one, 3),
    unseal: (one) => unseal(new Uint8Array(32), one, new Uint8Array(32)),
    unwrapKey: (one) => unwrapKey(new Uint8Array(32), one),
    openGrant: (one) => openGrant(Buffer.from(one).toString(), `0x${"00".repeat(32)}`, { kty: "OKP" }),
    readNdjson: (one) => drain(readNdjson(stream(one), "x")),
    readCsv: (one) => drain(readCsv(stream(one), "x")),
  };
  for (const [name, call] of Object.entries(binary)) {
    it(`any bytes into ${name}`, () => neverOther(bytes, call));
  }

  it("any bytes in a manifest, a profile or a book.json", async function () {
    this.timeout(20_000);
    const folder = folders();
    const files = ["manifest.json", "profile.json", "book.json"];
    await neverOther(
      bytes,
      async (one) => {
        for (const file of files) await writeFile(join(folder, file), one);
        const ends = await Promise.allSettled([
          readManifest(join(folder, "manifest.json")),
          loadProfile("profile.json", folder),
          readBookConfig(folder),
        ]);
        for (const end of ends) {
          expect(end.status).to.equal("rejected");
          if (end.status === "rejected" && !(end.reason instanceof SteleError)) throw end.reason;
        }
      },
      60,
    );
  });
});

/** Documents that look right from afar. */
function bent(): fc.Arbitrary<unknown> {
  const hex = fc.constantFrom("0x", "0x12", `0x${"11".repeat(32)}`, 1, null);
  const proof = fc.record({
    format: fc.constant("stele-proof/1"),
    log: fc.record({ origin: fc.constantFrom("a", `stele/1/${"11".repeat(32)}`, ""), suite: fc.constant(undefined) }),
    index: fc.constantFrom(0, "1", -1, 2 ** 60),
    entry: hex,
    inclusion: fc.array(hex, { maxLength: 3 }),
    checkpoint: fc.constantFrom("", "a\n1\nAA==\n", `a\n1\n${"A".repeat(43)}=\n\n\u2014 a AAAAAAAA\n`),
  });
  const field = fc.record({
    index: fc.nat(3),
    path: fc.array(fc.constantFrom("a", 1, -1)),
    value: fc.jsonValue(),
    salt: hex,
    proof: fc.array(hex),
  });
  const disclosure = fc.record({
    format: fc.constant("stele.disclosure.v1"),
    size: fc.integer(),
    fields: fc.array(field),
  });
  return fc.oneof(proof, disclosure, fc.record({ format: fc.constant("stele-record/1"), proof, disclosure }));
}

/** Whatever comes in, what comes out is a result or a SteleError. */
function neverOther<T>(inputs: fc.Arbitrary<T>, call: (input: T) => unknown, numRuns = 300): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => {
    const error = await thrownBy(() => call(input));
    if (error !== undefined && !(error instanceof SteleError)) throw error;
  });
  return Promise.resolve(fc.assert(property, { numRuns, seed: 20_260_131 }));
}

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
