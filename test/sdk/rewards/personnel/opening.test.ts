import { expect } from "chai";

import { openBookReader } from "../../../../sdk/book/reader.js";
import { fromHex, toHex } from "../../../../sdk/common/bytes.js";
import { verifyPresentation } from "../../../../sdk/records/presentation.js";
import {
  isStealthAddress,
  metaAddressOf,
  formatMetaAddress,
  stealthPrivateKey,
} from "../../../../sdk/records/stealth.js";
import { appendPersonnel } from "../../../../sdk/rewards/personnel/append.js";
import { openingOf, openingsAbout } from "../../../../sdk/rewards/personnel/deliver.js";
import { eraseRecord, toldErasure } from "../../../../sdk/rewards/personnel/erase.js";
import {
  checkedOpening,
  formatOpening,
  parseOpening,
  present,
  verifyOpening,
  type RecordOpening,
} from "../../../../sdk/rewards/personnel/opening.js";
import { withBook } from "../../../support/books.js";
import { temporaryFolders } from "../../../support/folders.js";
import { oneOfEach, refused, subjectOf } from "../../../support/personnel.js";

const [person, other] = [subjectOf("17"), subjectOf("18")];
const keys = { spendingPrivateKey: new Uint8Array(32).fill(5), viewingPrivateKey: new Uint8Array(32).fill(6) };
const meta = metaAddressOf(keys.spendingPrivateKey, keys.viewingPrivateKey);
const metaAddress = formatMetaAddress(meta);

describe("openings of personnel records", () => {
  const folders = temporaryFolders();
  let folder: string;
  let openings: RecordOpening[];
  let trust: { verifierKey: string };

  before(() =>
    withBook((folder = folders()), async (book) => {
      const mine = oneOfEach(person).map((entry) => ({ ...entry, metaAddress }));
      const theirs = oneOfEach(other);
      const places = await appendPersonnel(book, [...theirs, ...mine]);
      expect(places.map(({ index }) => Number(index))).to.deep.equal([...Array(14).keys()]);
      await book.publish();
      trust = { verifierKey: book.verifierKey };
      openings = await Promise.all([7n, 8n, 9n, 10n, 11n, 12n, 13n].map((index) => openingOf(book, index)));
    }),
  );

  it("say everything about one's own record, and verify offline after a journey as text", () => {
    for (const [i, entry] of oneOfEach(person).entries()) {
      const opening = parseOpening(formatOpening(openings[i]!));
      const opened = verifyOpening(opening, trust);
      expect(opened.kind).to.equal(entry.kind);
      expect(opened.payload).to.deep.equal(entry.payload);
      expect(toHex(opened.subject!.subjectId)).to.equal(person);
      expect(opening.source).to.equal("urn:stele:test");
    }
  });

  it("lead the person, and nobody else, to the key of the one-time address", () => {
    const { header, announcement } = checkedOpening(openings[0]!);
    const view = { viewingPrivateKey: keys.viewingPrivateKey, spendingKey: meta.spendingKey };
    expect(isStealthAddress(header.disputeAddress, announcement!, view)).to.equal(true);
    const stranger = { ...view, viewingPrivateKey: new Uint8Array(32).fill(9) };
    expect(isStealthAddress(header.disputeAddress, announcement!, stranger)).to.equal(false);
    expect(stealthPrivateKey(announcement!, keys)).to.have.length(32);
  });

  it("PR2: let the person show one field to somebody who learns no other, nor whom it is about", () => {
    const shown = present(openings[0]!, ["/hours"]);
    const { fields, subject } = verifyPresentation(shown, trust);
    expect(fields.map(({ pointer, value }) => [pointer, value])).to.deep.equal([["/hours", 16]]);
    expect(subject).to.equal(undefined);
    const text = JSON.stringify(shown, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    for (const hidden of ["First aid", person.slice(2), openings[0]!.secret.slice(2), openings[0]!.salt.slice(2)]) {
      expect(text).not.to.contain(hidden);
    }
    expect(toHex(verifyPresentation(present(openings[0]!, [], true), trust).subject!)).to.equal(person);
  });

  it("PR3: are refused with any part changed", async () => {
    const [one, two] = openings as [RecordOpening, RecordOpening];
    const zero = `0x${"00".repeat(32)}` as const;
    const changed: readonly [string, Partial<RecordOpening>][] = [
      ["payload", { payload: { ...one.payload, hours: 40 } }],
      ["a field less", { payload: { $stele: one.payload["$stele"]!, course: "First aid" } }],
      ["secret", { secret: two.secret }],
      ["salt", { salt: two.salt }],
      ["no salt", { salt: zero }],
      ["another record's proof", { proof: two.proof }],
      ["another record's payload", { payload: two.payload, secret: two.secret, salt: two.salt }],
      ["source", { source: "urn:stele:other" }],
      ["place", { proof: { ...one.proof, index: 8n } }],
    ];
    for (const [what, part] of changed) {
      const error = await refused(() => verifyOpening({ ...one, ...part }, trust, { file: "mine.json" }));
      expect(error.code, what).to.equal("unproven");
      expect(error.place.file, what).to.equal("mine.json");
    }
    const malformed = await refused(() => parseOpening({ ...one, secret: "0x12" }, { file: "mine.json" }));
    expect(malformed.place).to.deep.equal({ file: "mine.json", field: "secret" });
  });

  it("are found for one person among all records, beside the writer", async () => {
    const reader = await openBookReader(folder);
    try {
      const found = await Array.fromAsync(openingsAbout(reader, fromHex(person)));
      expect(found.map(({ proof }) => proof.index)).to.deep.equal([7n, 8n, 9n, 10n, 11n, 12n, 13n]);
    } finally {
      await reader.close();
    }
  });

  it("PR4: are gone with the record's key, the log stays whole, and the person is told", async () => {
    await withBook(folder, async (book) => {
      const told = await eraseRecord(book, 10n, { reason: "end of retention" });
      expect((await refused(() => openingOf(book, 10n))).code).to.equal("missing");
      await book.publish();
      expect((await book.log.verify()).size).to.equal(told.index + 1n);
      const again = await refused(() => eraseRecord(book, 10n, { reason: "end of retention" }));
      expect(again.code).to.equal("usage");
      await refused(() => eraseRecord(book, 99n, { reason: "end of retention" }));
    });
    const reader = await openBookReader(folder);
    try {
      const found = await Array.fromAsync(openingsAbout(reader, fromHex(person)));
      expect(found.map(({ proof }) => proof.index)).to.deep.equal([7n, 8n, 9n, 11n, 12n, 13n, 14n]);
      const told = toldErasure(found.at(-1)!.payload)!;
      expect(told).to.include({ index: 10n, reason: "end of retention" });
      expect(told.leafHash).to.equal(toHex(checkedOpening(openings[3]!).leafHash));
      expect(verifyOpening(found.at(-1)!, trust).kind).to.equal(undefined);
      expect((await refused(() => openingOf(reader, 10n))).message).to.contain("was erased");
    } finally {
      await reader.close();
    }
  });
});
