import { expect } from "chai";
import { type Contract, hexlify, id, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import type { Hex } from "../../../sdk/common/bytes.js";
import { FOREVER, PERIODS as SUBJECT_PERIODS } from "../../support/authority.js";
import { testContract } from "../../support/compile.js";
import {
  BY_ADDRESS,
  byOpening,
  CONTENT,
  deployDesk,
  load,
  EVIDENCE,
  openTo,
  REASON,
  State,
  UPHOLD,
} from "../../support/desk.js";

const { ethers, networkHelpers } = await network.create();
const dispute = { act: "dispute", reason: REASON, evidence: EVIDENCE } as const;

describe("RecordDesk: who speaks for the subject", () => {
  async function world() {
    const w = await deployDesk(ethers);
    const log = await w.openLog();
    const subject = openTo(w.person);
    const index = await log.record({ subject, disputeAddress: w.oneTime.address });
    return { ...w, log, subject, index };
  }

  it("is whoever holds the one-time key, by call or by a signature that anyone relays", async () => {
    const { desk, entry, log, index, oneTime, signed, signers } = await load(networkHelpers, world);
    const other = await log.record({ disputeAddress: oneTime.address });
    await desk.connect(oneTime).dispute(log.shown(other), BY_ADDRESS, REASON, EVIDENCE);
    const standing = await signed(oneTime, log, index, dispute);
    await desk.connect(signers.outsider).dispute(log.shown(index), standing, REASON, EVIDENCE);
    expect((await entry(log, index)).addressRounds).to.equal(1n);
  });

  it("is the subject's acting account, by call or by a signature that anyone relays", async () => {
    const { desk, entry, log, index, person, subject, signed, signers } = await load(networkHelpers, world);
    const standing = await signed(person.account, log, index, dispute, { subject });
    await desk.connect(signers.outsider).dispute(log.shown(index), standing, REASON, EVIDENCE);
    expect(await entry(log, index)).to.include({ openingRounds: 1n, opened: true });
  });

  it("is nobody else: not the owner, not another subject, not a wrong salt (R1)", async () => {
    const { desk, log, index, person, stranger, owner, subject } = await load(networkHelpers, world);
    const tries = [
      [owner.administrator, BY_ADDRESS],
      [owner.administrator, byOpening(subject)],
      [stranger.account, BY_ADDRESS],
      [stranger.account, byOpening(subject)],
      [stranger.account, byOpening({ id: stranger.id, salt: subject.salt })],
      [person.account, BY_ADDRESS],
      [person.account, byOpening({ id: subject.id, salt: id("another salt") })],
      [person.account, byOpening({ id: id("an unknown subject"), salt: subject.salt })],
    ] as const;
    for (const [account, standing] of tries) {
      await expect(desk.connect(account).dispute(log.shown(index), standing, REASON, EVIDENCE))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotSubject")
        .withArgs(log.recordId(index));
    }
  });

  it("is nobody for a record that is about nobody", async () => {
    const { desk, log, person, signed } = await load(networkHelpers, world);
    const index = await log.record();
    const standings = [BY_ADDRESS, byOpening(openTo(person)), await signed(person.account, log, index, dispute)];
    for (const standing of standings) {
      await expect(
        desk.connect(person.account).dispute(log.shown(index), standing, REASON, EVIDENCE),
      ).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
    }
  });

  it("is shown by one record's opening for that record only", async () => {
    const { desk, log, person, subject } = await load(networkHelpers, world);
    const index = await log.record({ subject: openTo(person, id("its own salt")) });
    await expect(
      desk.connect(person.account).dispute(log.shown(index), byOpening(subject), REASON, EVIDENCE),
    ).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
  });

  describe("a signature", () => {
    it("is bound to act, content, record, standing, round and deadline (R9)", async () => {
      const { desk, log, index, oneTime, signed, now } = await load(networkHelpers, world);
      const other = await log.record({ disputeAddress: oneTime.address });
      const good = await signed(oneTime, log, index, dispute);
      const wrong = [
        { ...good, deadline: BigInt(good.deadline) + 1n },
        await signed(oneTime, log, other, dispute),
        await signed(oneTime, log, index, { act: "acknowledge" }),
        await signed(oneTime, log, index, { act: "appeal", content: CONTENT }),
        await signed(oneTime, log, index, { ...dispute, reason: id("another reason") as Hex }),
        await signed(oneTime, log, index, { ...dispute, evidence: id("other evidence") as Hex }),
        await signed(oneTime, log, index, dispute, { rounds: [1n, 0n] }),
        await signed(oneTime, log, index, dispute, { subject: openTo({ id: id("somebody") } as never) }),
      ];
      for (const standing of wrong) {
        const asAddress = { ...standing, subject: ZeroHash, salt: ZeroHash };
        await expect(desk.dispute(log.shown(index), asAddress, REASON, EVIDENCE)).to.be.revertedWithCustomError(
          desk,
          "RecordDeskNotSubject",
        );
      }
      const late = await signed(oneTime, log, index, dispute, { deadline: (await now()) - 1n });
      await expect(desk.dispute(log.shown(index), late, REASON, EVIDENCE))
        .to.be.revertedWithCustomError(desk, "RecordDeskExpired")
        .withArgs(late.deadline);
      await desk.dispute(log.shown(index), good, REASON, EVIDENCE);
    });

    it("is bound to chain and contract (R9)", async () => {
      const { desk, log, index, oneTime, signed } = await load(networkHelpers, world);
      for (const change of [{ chainId: 1n }, { verifyingContract: ZeroAddress }, { name: "Other" }, { version: "2" }]) {
        const standing = await signed(oneTime, log, index, dispute, { domain: change });
        await expect(desk.dispute(log.shown(index), standing, REASON, EVIDENCE)).to.be.revertedWithCustomError(
          desk,
          "RecordDeskNotSubject",
        );
      }
    });

    it("of one round is worth nothing in the next, nor in the other standing (R9)", async () => {
      const { desk, log, person, owner, signed } = await load(networkHelpers, world);
      const subject = openTo(person);
      // The worst case: one account in both standings, and a first dispute that needs no evidence.
      const index = await log.record({ subject, disputeAddress: person.account.address });
      const first = { ...dispute, evidence: ZeroHash as Hex } as const;
      const standing = await signed(person.account, log, index, first, { deadline: FOREVER });
      await desk.dispute(log.shown(index), standing, REASON, ZeroHash);
      await desk.connect(owner.administrator).answer(log.logId, index, 1, UPHOLD, CONTENT);
      await networkHelpers.time.increase(3_001);
      for (const replayed of [standing, { ...standing, subject: subject.id, salt: subject.salt }]) {
        await expect(desk.dispute(log.shown(index), replayed, REASON, ZeroHash)).to.be.revertedWithCustomError(
          desk,
          "RecordDeskNotSubject",
        );
      }
    });

    it("of a subject is not made void by somebody who holds the one-time address (R10)", async () => {
      const { desk, entry, log, index, person, oneTime, subject, signed } = await load(networkHelpers, world);
      const standing = await signed(person.account, log, index, dispute, { subject });
      await desk.connect(oneTime).dispute(log.shown(index), BY_ADDRESS, REASON, EVIDENCE);
      await desk.dispute(log.shown(index), standing, REASON, EVIDENCE);
      expect(await entry(log, index)).to.include({ addressRounds: 1n, openingRounds: 1n });
    });
  });

  describe("an account in recovery", () => {
    async function contested() {
      const w = await world();
      const { subjects, person, office, secondOffice, account, consent } = w;
      const fresh = await account("new account");
      const agreed = await consent(fresh, person.id, FOREVER);
      await subjects.connect(office.administrator).proposeRecovery(person.id, fresh.address, FOREVER, agreed);
      await subjects.connect(secondOffice.administrator).secondRecovery(person.id, office.id, fresh.address);
      return { ...w, fresh };
    }

    it("cannot act while it is contested", async () => {
      const { desk, log, index, person, fresh, subject } = await load(networkHelpers, contested);
      for (const account of [person.account, fresh]) {
        await expect(
          desk.connect(account).dispute(log.shown(index), byOpening(subject), REASON, EVIDENCE),
        ).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
        await expect(desk.connect(account).complain(log.logId, index, REASON)).to.be.revertedWithCustomError(
          desk,
          "RecordDeskNotSubject",
        );
      }
    });

    it("hands over at once: the new account acts, the old one does not (R1)", async () => {
      const { desk, subjects, log, index, person, fresh, subject } = await load(networkHelpers, contested);
      await networkHelpers.time.increase(SUBJECT_PERIODS.recovery + 1n);
      await subjects.completeRecovery(person.id);
      await expect(
        desk.connect(person.account).dispute(log.shown(index), byOpening(subject), REASON, EVIDENCE),
      ).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
      await expect(desk.connect(person.account).complain(log.logId, index, REASON)).to.be.revertedWithCustomError(
        desk,
        "RecordDeskNotSubject",
      );
      await desk.connect(fresh).complain(log.logId, index, REASON);
      await desk.connect(fresh).dispute(log.shown(index), byOpening(subject), REASON, EVIDENCE);
    });
  });

  describe("a contract as dispute address", () => {
    async function hostile() {
      const w = await world();
      const account = (await (await testContract("HostileAccount", w.signers.outsider)).deploy()) as Contract;
      const index = await w.log.record({ disputeAddress: await account.getAddress() });
      return { ...w, account, index };
    }

    it("decides by ERC-1271 whose signature is its own", async () => {
      const { desk, log, index, account, now } = await load(networkHelpers, hostile);
      const standing = { subject: ZeroHash, salt: ZeroHash, deadline: (await now()) + 100n, signature: "0x01" };
      await expect(desk.dispute(log.shown(index), standing, REASON, EVIDENCE)).to.be.revertedWithCustomError(
        desk,
        "RecordDeskNotSubject",
      );
      await account.getFunction("set")(1);
      await desk.dispute(log.shown(index), standing, REASON, EVIDENCE);
    });

    it("gains nothing by reverting, by returning junk, by burning gas or by writing", async () => {
      const { desk, entry, log, index, account, now } = await load(networkHelpers, hostile);
      const standing = { subject: ZeroHash, salt: ZeroHash, deadline: (await now()) + 100n, signature: "0x01" };
      for (const mode of [2, 3, 4, 5, 6]) {
        await account.getFunction("set")(mode);
        await expect(
          desk.dispute(log.shown(index), standing, REASON, EVIDENCE, { gasLimit: 1_000_000 }),
          `mode ${mode}`,
        ).to.be.revertedWithCustomError(desk, "RecordDeskNotSubject");
      }
      expect(await entry(log, index)).to.include({ state: State.Recorded, addressRounds: 0n });
    });

    it("cannot enter again while it is asked", async () => {
      const { desk, entry, log, index, account, now } = await load(networkHelpers, hostile);
      const inner = desk.interface.encodeFunctionData("dispute", [
        log.shown(index),
        BY_ADDRESS,
        REASON,
        id("inner evidence"),
      ]);
      await account.getFunction("reenter")(await desk.getAddress(), inner);
      const standing = { subject: ZeroHash, salt: ZeroHash, deadline: (await now()) + 100n, signature: "0x01" };
      await desk.dispute(log.shown(index), standing, REASON, EVIDENCE);
      expect((await entry(log, index)).addressRounds).to.equal(1n);
    });
  });

  describe("what is shown", () => {
    it("must be a header of this log, in this log", async () => {
      const { desk, log, index, oneTime, openLog } = await load(networkHelpers, world);
      const other = await openLog();
      await other.record({ disputeAddress: oneTime.address });
      const shown = log.shown(index);
      const header = log.headers[Number(index)]!;
      const act = (record: typeof shown) => desk.connect(oneTime).dispute(record, BY_ADDRESS, REASON, EVIDENCE);

      await expect(act({ ...shown, header: header.slice(1) }))
        .to.be.revertedWithCustomError(desk, "RecordDeskInvalidHeader")
        .withArgs("length");
      await expect(act({ ...shown, header: Uint8Array.of(2, ...header.slice(1)) }))
        .to.be.revertedWithCustomError(desk, "RecordDeskInvalidHeader")
        .withArgs("version");
      await expect(act({ ...shown, logId: other.logId }))
        .to.be.revertedWithCustomError(desk, "RecordDeskWrongLog")
        .withArgs(other.logId, log.logId);
      const forged = Uint8Array.from(header);
      forged[194]! ^= 1;
      await expect(act({ ...shown, header: forged }))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
        .withArgs(log.logId, index);
      await expect(act({ ...shown, index: index + 1n }))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
        .withArgs(log.logId, index + 1n);
      await expect(act({ ...shown, proof: [hexlify(header.slice(0, 32))] }))
        .to.be.revertedWithCustomError(desk, "RecordDeskNotIncluded")
        .withArgs(log.logId, index);
    });
  });
});
