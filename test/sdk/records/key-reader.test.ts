import { appendFile, cp, stat, truncate } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { ErasureJournal } from "../../../sdk/records/erasure.js";
import { KeyReader } from "../../../sdk/records/key-reader.js";
import type { KeyStore } from "../../../sdk/records/keys.js";
import { createRecords, type SealedRecord } from "../../../sdk/records/sealed.js";
import { refusal } from "../../support/entries.js";
import { Place, inputFor, newReader, noon, type Reader } from "./fixtures.js";

describe("reading the key store beside its writer", () => {
  let place: Place;
  let keys: KeyStore;
  let office: Reader;
  let records: SealedRecord[];
  let reader: KeyReader;
  before(async () => {
    office = await newReader("office");
  });
  beforeEach(async () => {
    place = await Place.make();
    keys = await place.open();
    records = await more(5);
    reader = KeyReader.open(place.store, { journal: place.journal });
  });
  afterEach(async () => {
    reader.close();
    await keys.close();
    await place.remove();
  });
  const more = (count: number): Promise<SealedRecord[]> =>
    Array.fromAsync(
      createRecords(
        keys,
        Array.from({ length: count }, () => inputFor([office])),
      ),
    );
  const given = (of: readonly SealedRecord[], by = reader): string[] =>
    by
      .grants(
        of.map(({ leafHash }) => leafHash),
        office.id,
      )
      .map((grant) => (typeof grant === "string" ? grant : "given"));

  it("gives what the writer gives, in any order, and what was written since", async () => {
    const [fresh] = await more(1);
    const of = [records[3]!, records[0]!, fresh!, records[1]!];
    const grants = reader.grants(
      of.map(({ leafHash }) => leafHash),
      office.id,
    );
    expect(grants).to.deep.equal(of.map(({ leafHash }) => keys.grantFor(leafHash, office.id)));
    expect(reader.grants([records[0]!.leafHash, noRecord], "stranger")).to.deep.equal(["not granted", "not granted"]);
  });

  it("R5: gives nothing that was erased, before it was opened or since", async () => {
    keys.erase(records[1]!.leafHash, "gone");
    expect(given(records)).to.deep.equal(["given", "erased", "given", "given", "given"]);
    const later = KeyReader.open(place.store, { journal: place.journal });
    keys.erase(records[4]!.leafHash, "gone too");
    for (const one of [reader, later]) {
      expect(given(records, one)).to.deep.equal(["given", "erased", "given", "given", "erased"]);
      expect(one.isErased(records[4]!.leafHash)).to.equal(true);
      expect(one.isErased(records[0]!.leafHash)).to.equal(false);
      expect(one.erasedSince(records[4]!.leafHash)).to.equal(true);
    }
    later.close();
  });

  it("R8: gives nothing whose erasure is in the journal alone, as a kill leaves it", async () => {
    await keys.close();
    const journal = await ErasureJournal.open(place.journal, { store: undefined, known: [] }, () => undefined);
    journal.append([{ record: records[2]!.leafHash, time: noon, reason: "killed right after" }]);
    journal.close();
    const later = KeyReader.open(place.store, { journal: place.journal });
    for (const one of [reader, later]) expect(given(records, one)[2]).to.equal("erased");
    later.close();
  });

  it("R8: takes half a line of the journal for nothing, and reads on where its writer goes on", async () => {
    const path = join(place.journal, "erasures.ndjson");
    const { size } = await stat(path);
    await appendFile(path, '{"number":1,"record":"0x');
    expect(given(records)).to.deep.equal(records.map(() => "given"));
    await truncate(path, size);
    keys.erase(records[0]!.leafHash, "gone");
    expect(given(records)[0]).to.equal("erased");
  });

  it("R6: gives no erased key back out of a restored backup of the slots", async () => {
    await keys.close();
    const slots = await place.backup(place.store);
    keys = await place.open();
    keys.erase(records[1]!.leafHash, "gone");
    await keys.close();
    await cp(join(slots, "keys.slots"), join(place.store, "keys.slots"));
    const later = KeyReader.open(place.store, { journal: place.journal });
    for (const one of [reader, later]) expect(given(records, one)[1]).to.equal("erased");
    later.close();
  });

  it("R7: refuses to read without the journal, or with one that was set back", async () => {
    keys.erase(records[0]!.leafHash, "gone");
    const path = join(place.journal, "erasures.ndjson");
    const open = async (journal: string) => KeyReader.open(place.store, { journal });
    expect((await refusal(open(join(place.root, "elsewhere")))).code).to.equal("missing");
    await truncate(path, (await stat(path)).size - 20);
    expect((await refusal(open(place.journal))).message).to.contain("older than the store");
    expect((await refusal((async () => KeyReader.open(place.root, place))())).code).to.equal("missing");
  });
});

const noRecord = new Uint8Array(32).fill(7);
