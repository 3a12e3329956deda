import { decodeList } from "@digitalbazaar/vc-bitstring-status-list";
import { expect } from "chai";
import { assert, bigInt, property, record, array, uint8Array } from "fast-check";

import { listLength, StatusLayout, StatusPlaces, type StatusSpan } from "../../../../sdk/rewards/credentials/places.js";
import { listed } from "../../../support/credentials.js";

const key = new Uint8Array(32).fill(3);
const campaign = `0x${"ab".repeat(32)}` as const;

describe("places in an issuer's status lists", () => {
  it("V11: stay what they are when grants and campaigns are added, and no two awards share one", () => {
    const sizes = record({ counts: array(bigInt({ min: 1n, max: 300_000n }), { minLength: 1, maxLength: 6 }) });
    assert(
      property(sizes, ({ counts }) => {
        const spans = counts.map((count, i): StatusSpan => ({ kind: "batch", batch: BigInt(i + 1), count }));
        const whole = new StatusLayout(spans);
        let next = 0n;
        for (const [i, count] of counts.entries()) {
          const before = new StatusLayout(spans.slice(0, i + 1));
          for (const offset of [0n, count / 2n, count - 1n]) {
            expect(before.position(BigInt(i + 1), offset)).to.equal(next + offset);
            expect(whole.position(BigInt(i + 1), offset)).to.equal(next + offset);
          }
          expect(() => whole.position(BigInt(i + 1), count)).to.throw("none of this issuer's");
          next += count;
        }
        expect(whole.total).to.equal(next);
        expect(whole.lists).to.equal((next + BigInt(listLength) - 1n) / BigInt(listLength));
      }),
      { numRuns: 200 },
    );
  });

  it("V11: are a permutation of each list, another one in each list and for each key", () => {
    const places = new StatusPlaces(key);
    const indexes = (list: bigint, by = places) =>
      Array.from({ length: listLength }, (_, i) => by.place(list * BigInt(listLength) + BigInt(i)).index);
    const [first, second] = [indexes(0n), indexes(1n)];
    expect(new Set(first).size).to.equal(listLength);
    expect(Math.max(...first.slice(0, 1000))).to.be.lessThan(listLength);
    const same = (a: readonly number[], b: readonly number[]) => a.filter((index, i) => index === b[i]).length;
    expect(same(first, second)).to.be.lessThan(20);
    expect(same(first, indexes(0n, new StatusPlaces(new Uint8Array(32).fill(4))))).to.be.lessThan(20);
    expect(indexes(0n, new StatusPlaces(key))).to.deep.equal(first);
  });

  it("V12: do not follow the order of people: neighbours in a grant are no neighbours in the list", () => {
    const places = new StatusPlaces(key);
    const at = Array.from({ length: 20_000 }, (_, i) => places.place(BigInt(i)).index);
    const near = at.filter((index, i) => i > 0 && Math.abs(index - at[i - 1]!) < 100).length;
    // 200 of 131,072 places are that near: about 30 of 20,000 by chance.
    expect(near).to.be.lessThan(80);
    const rising = at.filter((index, i) => i > 0 && index > at[i - 1]!).length;
    expect(Math.abs(rising - 10_000)).to.be.lessThan(500);
  });

  it("find awards of grants and campaigns whatever the case of the id, and refuse spans that stand twice", () => {
    const layout = new StatusLayout([
      { kind: "batch", batch: 4n, count: 3n },
      { kind: "campaign", campaignId: campaign, count: 1n << 32n },
    ]);
    expect(layout.position(campaign.toUpperCase().replace("0X", "0x") as "0x", (1n << 32n) - 1n)).to.equal(
      (1n << 32n) + 2n,
    );
    expect(() => layout.position(5n, 0n)).to.throw("none of this issuer's");
    expect(() => layout.position(4n, -1n)).to.throw("none of this issuer's");
    const span = { kind: "batch", batch: 1n, count: 1n } as const;
    expect(() => new StatusLayout([span, span])).to.throw("twice");
    expect(new StatusLayout([]).lists).to.equal(1n);
    expect(() => new StatusPlaces(new Uint8Array(31))).to.throw("32 bytes");
  });

  it("V3: a list says of every index what was put in, and has at least 131,072", async () => {
    const revoked = [0, 7, 8, 4711, 131_071];
    const subject = (await listed({ revoked }))["credentialSubject"] as { encodedList: string };
    const list = await decodeList(subject);
    expect(list.length).to.equal(131_072);
    const set = Array.from({ length: list.length }, (_, i) => i).filter((i) => list.getStatus(i));
    expect(set).to.deep.equal(revoked);
  });

  it("takes any 32 bytes as key", () => {
    assert(
      property(uint8Array({ minLength: 32, maxLength: 32 }), bigInt({ min: 0n, max: 131_071n }), (key, position) => {
        const { list, index } = new StatusPlaces(key).place(position);
        expect(list).to.equal(0n);
        expect(index).to.be.within(0, listLength - 1);
      }),
      { numRuns: 3 },
    );
  });
});
