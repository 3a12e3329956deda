import { writeFile } from "node:fs/promises";

import { expect } from "chai";
import { decodeProtectedHeader } from "jose";

import { SteleError } from "../../../sdk/common/errors.js";
import type { Recipient } from "../../../sdk/records/epoch.js";
import type { KeyStore } from "../../../sdk/records/keys.js";
import { createRecord, createRecords } from "../../../sdk/records/sealed.js";
import type { SealedRecord } from "../../../sdk/records/sealed.js";
import { Place, inputFor, newReader, openerOf } from "./fixtures.js";
import type { Reader } from "./fixtures.js";

async function refusal(action: () => unknown): Promise<SteleError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SteleError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("key store", () => {
  let place: Place;
  let keys: KeyStore;
  let office: Reader;
  let agency: Reader;
  before(async () => {
    office = await newReader("office", "P-256");
    agency = await newReader("agency", "X25519");
  });
  beforeEach(async () => {
    place = await Place.make();
    keys = await place.open();
  });
  afterEach(async () => {
    await keys.close();
    await place.remove();
  });
  const opens = async (reader: Reader, record: SealedRecord) =>
    (await openerOf(keys, reader).open(record.entry, record.attachment)).payload;
  const epochOf = (record: SealedRecord, reader: Recipient) => keys.grantFor(record.leafHash, reader.id).epoch;

  it("opens a record for each of its recipients, on P-256 and X25519, also after a restart", async () => {
    const input = inputFor([office, agency]);
    const record = await createRecord(keys, input);
    expect(await opens(office, record)).to.deep.equal(input.payload);
    await keys.close();
    keys = await place.open();
    expect(await opens(agency, record)).to.deep.equal(input.payload);
  });

  it("R10: does its public-key work once a day for a set of recipients, in whatever order they are named", async () => {
    const inputs = Array.from({ length: 250 }, (_, i) => inputFor(i % 2 === 0 ? [office, agency] : [agency, office]));
    const records = await Array.fromAsync(createRecords(keys, inputs, { batch: 100 }));
    const grants = new Set(records.map(({ leafHash }) => keys.grantFor(leafHash, office.id).grant));
    expect(grants.size).to.equal(1);
    place.pass(86_400n);
    const later = await createRecord(keys, inputFor([office, agency]));
    expect(epochOf(later, office)).not.to.equal(epochOf(records[0]!, office));
  });

  it("R10: a change of recipients in the middle of a day starts a new key, which the one who left cannot open", async () => {
    const before = await createRecord(keys, inputFor([office, agency]));
    const after = await createRecord(keys, inputFor([office]));
    expect(epochOf(after, office)).not.to.equal(epochOf(before, office));
    expect((await refusal(() => opens(agency, after))).message).to.include('not sealed for the recipient "agency"');
    // Not even with the grant of the day that it had, or with somebody else's.
    const own = keys.grantFor(before.leafHash, agency.id);
    const theirs = keys.grantFor(after.leafHash, office.id);
    const tricks = [{ ...theirs, grant: own.grant, epoch: own.epoch }, { ...theirs, grant: own.grant }, theirs];
    for (const grant of tricks) {
      const opener = openerOf({ grantFor: () => grant } as unknown as KeyStore, agency);
      expect((await refusal(() => opener.open(after.entry, after.attachment))).code).to.equal("unproven");
    }
    // A key under the same name is another recipient too.
    const impostor = { ...(await newReader("office")), id: "office" };
    const third = await createRecord(keys, inputFor([impostor]));
    expect(epochOf(third, office)).not.to.equal(epochOf(after, office));
  });

  it("wraps the day's key as a JWE that names algorithm, recipient and epoch", async () => {
    const record = await createRecord(keys, inputFor([office]));
    const { grant, epoch } = keys.grantFor(record.leafHash, office.id);
    const { alg, enc, typ, kid, epoch: named } = decodeProtectedHeader(grant);
    expect({ alg, enc, typ, kid, named }).to.deep.equal({
      alg: "ECDH-ES+A256KW",
      enc: "A256GCM",
      typ: "stele-epoch+jwe",
      kid: "office",
      named: epoch,
    });
  });

  it("hands records on in order, says how many, and stops when told", async () => {
    const inputs = Array.from({ length: 25 }, () => inputFor([office]));
    const told: number[] = [];
    const records = await Array.fromAsync(createRecords(keys, inputs, { batch: 10, progress: (n) => told.push(n) }));
    expect(told).to.deep.equal([10, 20, 25]);
    expect(records.map(({ header }) => header.sequence)).to.deep.equal(inputs.map(({ sequence }) => sequence));
    const abort = new AbortController();
    const stream = createRecords(keys, inputs, { batch: 5, signal: abort.signal, progress: () => abort.abort() });
    const stopped = await Array.fromAsync(stream).catch((error: unknown) => error);
    expect(stopped).to.have.property("name", "AbortError");
  });

  it("refuses a batch with bad input and stores nothing of it", async () => {
    const before = await place.files(place.store);
    const inputs = [inputFor([office]), inputFor([office], { payload: { a: Number.NaN } })];
    expect((await refusal(() => Array.fromAsync(createRecords(keys, inputs)))).code).to.equal("input");
    const slots = `${place.store}/keys.slots`;
    expect((await place.files(place.store)).get(slots)).to.deep.equal(before.get(slots));
    expect((await refusal(() => createRecord(keys, inputFor([])))).message).to.include("at least one recipient");
    expect((await refusal(() => createRecord(keys, inputFor([office, office])))).message).to.include("same id");
    const weak = { id: "weak", publicKey: { kty: "RSA", n: "AQAB", e: "AQAB" } };
    expect((await refusal(() => createRecord(keys, inputFor([weak])))).place.field).to.equal("weak");
  });

  it("refuses a second opening while it is open", async () => {
    const error = await refusal(() => place.open());
    expect(error.code).to.equal("busy");
    expect(error.message).to.include("another process has this key store open");
  });

  it("takes back into its index a slot that a crash kept out of it, and cuts off a torn one", async () => {
    const first = await createRecord(keys, inputFor([office]));
    await keys.close();
    const index = await place.backup(place.store);
    keys = await place.open();
    const second = await createRecord(keys, inputFor([office], { payload: { second: true } }));
    await keys.close();
    // The state after a crash between slot and index, and half a slot more.
    const slots = (await place.files(place.store)).get(`${place.store}/keys.slots`)!;
    expect(slots.length).to.equal(256);
    await place.restore(index, place.store);

    await writeFile(`${place.store}/keys.slots`, Buffer.concat([slots, slots.subarray(0, 60)]));
    keys = await place.open();
    expect(await opens(office, first)).to.be.an("object");
    // The second slot's epoch went with the index, so its key can serve nobody; the first is untouched.
    expect((await refusal(() => opens(office, second))).code).to.equal("missing");
    const third = await createRecord(keys, inputFor([office], { payload: { third: true } }));
    expect(await opens(office, third)).to.deep.equal({ third: true });
  });

  it("refuses index and slots from different backups, and a damaged slot", async () => {
    const record = await createRecord(keys, inputFor([office]));
    await keys.close();

    const file = `${place.store}/keys.slots`;
    const slots = (await place.files(place.store)).get(file)!;
    await writeFile(file, new Uint8Array(0));
    expect((await refusal(() => place.open())).message).to.include("fewer slots than its index");
    slots[20]! ^= 1;
    await writeFile(file, slots);
    keys = await place.open();
    expect((await refusal(() => opens(office, record))).code).to.equal("corrupt");
  });

  it("never keeps a key unwrapped on disk", async () => {
    const recordKeys: Uint8Array[] = [];
    const epoch = await keys.epochFor([office]);
    for (let i = 0; i < 20; i++) {
      const key = crypto.getRandomValues(new Uint8Array(32));
      recordKeys.push(key);
      keys.put([{ record: crypto.getRandomValues(new Uint8Array(32)), epoch, key }]);
    }
    for (const [file, content] of await place.files()) {
      for (const key of [...recordKeys, epoch.key]) expect(content.includes(Buffer.from(key)), file).to.equal(false);
    }
  });
});
