import { appendFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { toHex } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { canonicalText } from "../../../sdk/records/canonical.js";
import { openGrant } from "../../../sdk/records/epoch.js";
import { ErasureJournal, erasurePayload } from "../../../sdk/records/erasure.js";
import type { KeyStore } from "../../../sdk/records/keys.js";
import { createRecord } from "../../../sdk/records/sealed.js";
import type { SealedRecord } from "../../../sdk/records/sealed.js";
import { unseal, unwrapKey } from "../../../sdk/records/seal.js";
import { Place, inputFor, newReader, noon, openerOf } from "./fixtures.js";
import type { Reader } from "./fixtures.js";

async function refusal(action: () => Promise<unknown>): Promise<SteleError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SteleError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("erasure", () => {
  let place: Place;
  let keys: KeyStore;
  let reader: Reader;
  let erased: SealedRecord;
  let kept: SealedRecord;
  before(async () => {
    reader = await newReader("office");
  });
  beforeEach(async () => {
    place = await Place.make();
    keys = await place.open();
    erased = await createRecord(keys, inputFor([reader], { payload: { name: "Li Hua", note: "to be erased" } }));
    kept = await createRecord(keys, inputFor([reader]));
    // As an owner keeps them: attachments beside the log, on the same disk.
    for (const record of [erased, kept]) {
      await mkdir(join(place.root, "attachments"), { recursive: true });
      await writeFile(join(place.root, "attachments", toHex(record.leafHash)), record.attachment);
    }
  });
  afterEach(async () => {
    await keys.close();
    await place.remove();
  });
  const open = (record: SealedRecord) => openerOf(keys, reader).open(record.entry, record.attachment);

  /** Everything that would open the record, as bytes: key, wrapped key, secret of the payload, the payload. */
  async function secretsOf(record: SealedRecord): Promise<{ name: string; bytes: Uint8Array }[]> {
    const { epoch, grant, wrapped } = keys.grantFor(record.leafHash, reader.id);
    const key = unwrapKey(await openGrant(grant, epoch, reader.privateKey), wrapped);
    const { secret, complete } = unseal(record.leafHash, record.attachment, key);
    const text = Buffer.from(canonicalText(complete));
    return [
      { name: "record key", bytes: key },
      { name: "wrapped key", bytes: wrapped },
      { name: "secret", bytes: secret },
      { name: "payload", bytes: text },
    ];
  }

  /** Names of the secrets that some file holds, as bytes, hex or base64. */
  async function found(secrets: readonly { name: string; bytes: Uint8Array }[]): Promise<string[]> {
    const files = [...(await place.files()).values()];
    return secrets
      .filter(({ bytes }) => {
        const raw = Buffer.from(bytes);
        const forms = [raw, raw.toString("hex"), raw.toString("base64").replace(/=+$/, ""), raw.toString("base64url")];
        return files.some((content) => forms.some((form) => content.includes(form)));
      })
      .map(({ name }) => name);
  }

  /** Whether any 40 bytes on disk, taken as a key wrapped under the record's epoch key, open the record. */
  async function opensByWindows(record: SealedRecord, epochKey: Uint8Array): Promise<boolean> {
    for (const content of (await place.files()).values()) {
      for (let at = 0; at + 40 <= content.length; at++) {
        const window = content.subarray(at, at + 40);
        if (window.every((byte) => byte === 0)) continue;
        try {
          unseal(record.leafHash, record.attachment, unwrapKey(epochKey, window));
          return true;
        } catch (error) {
          if (!(error instanceof SteleError) || error.code !== "unproven") throw error;
        }
      }
    }
    return false;
  }

  it("R5: after it nothing on disk opens the payload, while the store is open and after it is closed", async () => {
    const { epoch, grant } = keys.grantFor(erased.leafHash, reader.id);
    const epochKey = await openGrant(grant, epoch, reader.privateKey);
    const [secrets, others] = [await secretsOf(erased), await secretsOf(kept)];
    // The search finds what is there: before, the wrapped key lies on disk and opens the payload.
    expect(await found(secrets)).to.deep.equal(["wrapped key"]);
    expect(await opensByWindows(erased, epochKey)).to.equal(true);
    keys.erase(erased.leafHash, "retention period over");
    expect(await found(secrets)).to.deep.equal([]);
    expect(await opensByWindows(erased, epochKey)).to.equal(false);
    expect((await refusal(() => open(erased))).message).to.match(
      /was erased at 2026-03-01T12:00:00Z: retention period over/,
    );
    await keys.close();
    expect(await found(secrets)).to.deep.equal([]);
    expect(await opensByWindows(erased, epochKey)).to.equal(false);
    expect(await found(others)).to.deep.equal(["wrapped key"]);
    keys = await place.open();
    expect((await open(kept)).payload).to.be.an("object");
    expect((await refusal(() => open(erased))).code).to.equal("missing");
  }).timeout(60_000);

  it("is recorded: time, reason, place in the journal, and a payload for a record of it", async () => {
    const tombstone = keys.erase(erased.leafHash, "court order 7/2026");
    expect(tombstone).to.deep.equal({ number: 1, record: erased.leafHash, time: noon, reason: "court order 7/2026" });
    expect(keys.isErased(erased.leafHash)).to.deep.equal(tombstone);
    expect(keys.isErased(kept.leafHash)).to.equal(undefined);
    const payload = erasurePayload(tombstone, keys.journalHead);
    expect(payload).to.deep.equal({
      record: toHex(erased.leafHash),
      time: "2026-03-01T12:00:00Z",
      reason: "court order 7/2026",
      journal: { count: 1, hash: toHex(keys.journalHead.hash) },
    });
    const told = await createRecord(keys, inputFor([reader], { payload, schema: "urn:stele:schema:erasure:v1" }));
    expect((await open(told)).payload).to.deep.equal(payload);
  });

  it("done twice stays as it was done first, and of many at once does all or none", async () => {
    place.pass(10n);
    const first = keys.erase(erased.leafHash, "first");
    place.pass(10n);
    expect(keys.erase(erased.leafHash, "second")).to.deep.equal(first);
    const stranger = new Uint8Array(32);
    const error = await refusal(async () => keys.eraseAll([kept.leafHash, stranger], "all"));
    expect(error.code).to.equal("missing");
    expect(keys.isErased(kept.leafHash)).to.equal(undefined);
    expect((await refusal(async () => keys.erase(kept.leafHash, ""))).code).to.equal("usage");
    expect(
      keys.eraseAll([kept.leafHash, erased.leafHash, kept.leafHash], "rest").map(({ number }) => number),
    ).to.deep.equal([2, 1, 2]);
    expect(keys.journalHead.count).to.equal(2);
  });

  it("refuses a new key for a record that has one or had one", async () => {
    keys.erase(erased.leafHash, "gone");
    const epoch = await keys.epochFor([reader]);
    for (const { leafHash: record } of [erased, kept]) {
      expect((await refusal(async () => keys.put([{ record, epoch, key: new Uint8Array(32) }]))).code).to.equal(
        "refused",
      );
    }
  });

  for (const part of ["keys.slots", "keys.sqlite", undefined]) {
    it(`R6: a backup of ${part ?? "the whole store"} from before does not bring a key back`, async () => {
      const secrets = await secretsOf(erased);
      await keys.close();
      const backup = await place.backup(place.store);
      keys = await place.open();
      keys.erase(erased.leafHash, "gone");
      await keys.close();
      if (part === undefined) await place.restore(backup, place.store);
      else {
        // A journal of SQLite belongs to the database that is replaced.
        if (part === "keys.sqlite") await rm(join(place.store, "keys.sqlite-wal"), { force: true });
        await cp(join(backup, part), join(place.store, part));
      }
      if (part !== "keys.sqlite") expect(await found(secrets)).to.deep.equal(["wrapped key"]);
      keys = await place.open();
      expect((await refusal(() => open(erased))).message).to.include("was erased at");
      expect(await found(secrets)).to.deep.equal([]);
      expect((await open(kept)).payload).to.be.an("object");
    });
  }

  it("R7: gives no key away when the journal is missing, older, of another store, or changed", async () => {
    keys.erase(erased.leafHash, "one");
    await keys.close();
    const older = await place.backup(place.journal);
    keys = await place.open();
    keys.erase(kept.leafHash, "two");
    const head = keys.journalHead;
    await keys.close();
    const newest = await place.backup(place.journal);
    const file = join(place.journal, "erasures.ndjson");
    const line = async (edit: (text: string) => string) => {
      await place.restore(newest, place.journal);
      await writeFile(file, edit(await readFile(file, "utf8")));
      return refusal(() => place.open());
    };
    await place.restore(older, place.journal);
    expect((await refusal(() => place.open())).message).to.include("is older than the store");
    await rm(place.journal, { recursive: true });
    expect((await refusal(() => place.open())).code).to.equal("missing");
    expect((await line((text) => text.replace('"one"', '"uno"'))).message).to.match(
      /erasures\.ndjson:3: .*does not follow/,
    );
    expect((await line((text) => text.replace('"two"', '"dos"'))).message).to.include("not the one the store knew");
    expect((await line((text) => text.replace(/.*"one".*\n/, ""))).code).to.equal("corrupt");
    expect((await line((text) => text.replace("stele.erasures.v1", "x"))).message).to.match(/ndjson:1: .*damaged/);
    expect((await line(() => "")).message).to.include("is empty");
    const other = await Place.make();
    await (await other.open()).close();
    await place.restore(other.journal, place.journal);
    expect((await refusal(() => place.open())).message).to.include("another key store");
    await other.remove();
    await place.restore(newest, place.journal);
    keys = await place.open({ atLeast: head });
    expect(keys.journalHead).to.deep.equal(head);
  });

  it("R7: a store and its journal set back together are found out by the head that a log knows", async () => {
    await keys.close();
    const [store, journal] = [await place.backup(place.store), await place.backup(place.journal)];
    keys = await place.open();
    keys.erase(erased.leafHash, "gone");
    const atLeast = keys.journalHead;
    await keys.close();
    await place.restore(store, place.store);
    await place.restore(journal, place.journal);
    expect((await refusal(() => place.open({ atLeast }))).message).to.include("older than the store");
  });

  it("R8: an erasure that was written down and no more is carried out at the next opening", async () => {
    const secrets = await secretsOf(erased);
    await keys.close();
    const journal = await ErasureJournal.open(place.journal, { store: undefined, known: [] }, () => undefined);
    journal.append([{ record: erased.leafHash, time: noon, reason: "killed right after" }]);
    journal.close();
    expect(await found(secrets)).to.deep.equal(["wrapped key"]);
    keys = await place.open();
    expect(await found(secrets)).to.deep.equal([]);
    expect(keys.isErased(erased.leafHash)?.reason).to.equal("killed right after");
  });

  it("R8: an erasure that was only half written down did not happen", async () => {
    await keys.close();
    await appendFile(join(place.journal, "erasures.ndjson"), `{"number":1,"record":"${toHex(erased.leafHash)}`);
    keys = await place.open();
    expect((await open(erased)).payload).to.deep.equal({ name: "Li Hua", note: "to be erased" });
    expect(keys.erase(erased.leafHash, "whole").number).to.equal(1);
    await keys.close();
    keys = await place.open();
    expect(keys.isErased(erased.leafHash)?.reason).to.equal("whole");
  });

  it("refuses a journal inside the folder of the store", async () => {
    for (const journal of [place.store, join(place.store, "journal")]) {
      expect((await refusal(() => place.open({ journal }))).code).to.equal("usage");
    }
  });
});
