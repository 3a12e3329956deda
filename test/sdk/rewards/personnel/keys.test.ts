import { expect } from "chai";
import { verifyTypedData, Wallet } from "ethers";

import { toHex, utf8 } from "../../../../sdk/common/bytes.js";
import { actToSign, actTypes, deskDomain, recordIdOf } from "../../../../sdk/records/acts.js";
import { signOneTime } from "../../../../sdk/rewards/personnel/acts.js";
import { appendPersonnel } from "../../../../sdk/rewards/personnel/append.js";
import { openingOf } from "../../../../sdk/rewards/personnel/deliver.js";
import { selectOpening } from "../../../../sdk/rewards/personnel/file.js";
import {
  cardOf,
  isSealed,
  newPersonKeys,
  oneTimeKey,
  openSealed,
  parsePersonCard,
  parsePersonKeys,
  sealFor,
  type PersonKeys,
} from "../../../../sdk/rewards/personnel/keys.js";
import { checkedOpening, type RecordOpening } from "../../../../sdk/rewards/personnel/opening.js";
import { bookConfig, withBook } from "../../../support/books.js";
import { temporaryFolders } from "../../../support/folders.js";
import { oneOfEach, refused, subjectOf } from "../../../support/personnel.js";

const desk = `0x${"de".repeat(20)}`;
const content = {
  act: "dispute",
  reason: toHex(new Uint8Array(32).fill(1)),
  evidence: toHex(new Uint8Array(32)),
} as const;

describe("a person's own keys", () => {
  const folders = temporaryFolders();
  let [keys, others]: PersonKeys[] = [];
  let records: RecordOpening[];

  before(async () => {
    [keys, others] = [await newPersonKeys(), await newPersonKeys()];
    const { metaAddress } = await cardOf(keys);
    const [training, career] = oneOfEach(subjectOf("17"));
    records = await withBook(folders(), async (book) => {
      const [first] = await appendPersonnel(book, [{ ...training!, metaAddress }]);
      await book.publish();
      const { header } = checkedOpening(await openingOf(book, first!.index));
      const corrected = { ...training!, disputeAddress: toHex(header.disputeAddress) };
      await appendPersonnel(book, [corrected, career!, { ...career!, metaAddress }]);
      await book.publish();
      return Promise.all([0n, 1n, 2n, 3n].map((index) => openingOf(book, index)));
    });
  });

  it("are read back as they were written, and so is the card; no message quotes a key", async () => {
    expect(parsePersonKeys(JSON.stringify(keys))).to.deep.equal(keys);
    const card = await cardOf(keys!);
    expect(parsePersonCard(JSON.stringify(card))).to.deep.equal(card);
    expect(JSON.stringify(card)).not.to.contain(keys!.spending.slice(2)).and.not.contain(keys!.viewing.slice(2));
    const broken = [JSON.stringify({ ...keys, viewing: "0x12" }), JSON.stringify(keys).slice(0, -3), "null"];
    for (const text of broken) {
      const error = await refused(() => parsePersonKeys(text, { file: "my.keys" }));
      expect(error.place.file).to.equal("my.keys");
      expect(`${error.message} ${String(error.cause)}`).not.to.contain(keys!.spending.slice(2));
    }
    const wrong = await refused(() => parsePersonCard(JSON.stringify({ ...card, metaAddress: "st:eth:0x00" })));
    expect(wrong.place.field).to.equal("metaAddress");
  });

  it("open what was sealed to the card, unless a byte changed or it is another's", async () => {
    const { recipient } = await cardOf(keys!);
    const sealed = await sealFor(recipient, utf8("for 17 alone"));
    expect(isSealed(sealed)).to.equal(true);
    expect(isSealed(utf8("{}"))).to.equal(false);
    expect(Buffer.from(await openSealed(keys!, sealed)).toString()).to.equal("for 17 alone");
    const changed = sealed.slice();
    changed[changed.length - 1]! ^= 1;
    expect((await refused(() => openSealed(keys!, changed))).code).to.equal("refused");
    expect((await refused(() => openSealed(others!, sealed))).code).to.equal("refused");
    expect((await refused(() => sealFor("age1x", sealed))).place.field).to.equal("recipient");
  });

  it("PR7: lead to the key of each one-time address, and two records of one person share none", () => {
    for (const index of [0, 3]) {
      const { header } = checkedOpening(records[index]!);
      const address = new Wallet(toHex(oneTimeKey(records[index]!, keys!))).address;
      expect(address.toLowerCase()).to.equal(toHex(header.disputeAddress));
    }
    const [one, two] = [records[0]!, records[3]!].map((record) => toHex(checkedOpening(record).header.disputeAddress));
    expect(one).not.to.equal(two);
  });

  it("lead to the address of a correction through the record that it corrects", async () => {
    expect((await refused(() => oneTimeKey(records[1]!, keys!))).message).to.contain("does not belong to these keys");
    expect(oneTimeKey(records[1]!, keys!, records)).to.deep.equal(oneTimeKey(records[0]!, keys!));
  });

  it("lead to nothing where a record has no address or is another's", async () => {
    expect((await refused(() => oneTimeKey(records[2]!, keys!))).message).to.contain("no one-time address");
    expect((await refused(() => oneTimeKey(records[0]!, others!, records))).code).to.equal("refused");
  });

  it("PR7: sign one act about one record for one round: changed in any part, it is somebody else's", async () => {
    const rounds = { addressRounds: 1n, openingRounds: 4n };
    const setting = { chainId: 31_337n, desk, rounds, deadline: 99n };
    const { signature, subject, salt } = await signOneTime(records[0]!, keys!, content, setting);
    expect([subject, salt].every((part) => BigInt(part) === 0n)).to.equal(true);
    const recordId = recordIdOf(bookConfig.logId, 0n);
    const act = actToSign(recordId, undefined, content, rounds, 99n);
    const address = new Wallet(toHex(oneTimeKey(records[0]!, keys!))).address;
    const signer = (changes: Partial<typeof act>, at = deskDomain(31_337n, desk)) =>
      verifyTypedData(at, actTypes, { ...act, ...changes }, signature);
    expect(signer({})).to.equal(address);
    expect(act.round).to.equal(2n);
    const changed: Partial<typeof act>[] = [
      { recordId: recordIdOf(bookConfig.logId, 1n) },
      { act: 3n },
      { round: 3n },
      { content: recordId },
      { deadline: 100n },
      { subject: recordId },
    ];
    for (const one of changed) expect(signer(one)).not.to.equal(address);
    expect(signer({}, deskDomain(1n, desk))).not.to.equal(address);
  });

  it("choose one record of a file, and ask which where several are meant", async () => {
    expect(selectOpening(records, { index: 2n })).to.equal(records[2]);
    expect((await refused(() => selectOpening(records, {}))).message).to.contain(
      "say which; it has the entries 0, 1, 2, 3",
    );
    expect((await refused(() => selectOpening(records, { index: 9n }))).message).to.contain("no such record");
    expect((await refused(() => selectOpening(records, { logId: `0x${"33".repeat(32)}` }))).code).to.equal("usage");
  });
});
