import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../../sdk/common/errors.js";
import { fromHex, fromUtf8, toHex } from "../../../../sdk/common/bytes.js";
import { commitmentOf, fieldsOf } from "../../../../sdk/records/fields.js";
import { campaignProof } from "../../../../sdk/rewards/campaign/proof.js";
import { parseContent } from "../../../../sdk/rewards/credentials/proved.js";
import { issueSdJwt, presentSdJwt, tokenStatusList } from "../../../../sdk/rewards/credentials/sd-jwt.js";
import { formatShown, showAward, verifyShown } from "../../../../sdk/rewards/credentials/shown.js";
import { formatStatement, parseStatement } from "../../../../sdk/rewards/credentials/statement.js";
import { requireSigned, verifyBadge } from "../../../../sdk/rewards/credentials/verify.js";
import { verifySdJwt } from "../../../../sdk/rewards/credentials/verify-sd-jwt.js";
import { encodeOpening } from "../../../../sdk/rewards/granting/content.js";
import { leafHash } from "../../../../sdk/proof/merkle.js";
import { encodeLeaf } from "../../../../sdk/rewards/campaign/leaf.js";
import { day, delegate, facts, issued, key, listed, listId, now, stated } from "../../../support/credentials.js";

const alphabet = [...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:~,{}[]"\\ \n'];
const edit = fc.record({ at: fc.nat(), to: fc.constantFrom(...alphabet), kind: fc.constantFrom("put", "cut", "set") });

/** The text with one character set, put in or cut out. */
function edited(text: string, { at, to, kind }: { at: number; to: string; kind: string }): string {
  const place = at % text.length;
  const rest = text.slice(place + (kind === "put" ? 0 : 1));
  return text.slice(0, place) + (kind === "cut" ? "" : to) + rest;
}

/** Whether two texts say the same as JSON. */
function same(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}

/** Refused with a sentence of ours, or the same as before. */
async function unharmed(text: string, changed: string, verify: (text: string) => Promise<unknown>): Promise<void> {
  const error: unknown = await verify(changed).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) expect(changed.trim() === text.trim() || same(changed, text), changed).to.equal(true);
  else expect(error).to.be.instanceOf(SteleError);
}

const runs = { numRuns: 200, endOnFailure: true };

describe("credentials with a character changed", () => {
  it("V1, V5, V8: are refused in a sentence, badge, list and SD-JWT, whatever the change", async function () {
    this.timeout(60_000);
    const statement = await stated();
    const [badge, list] = [JSON.stringify(await issued()), JSON.stringify(await listed())];
    const status = { list: listId, index: 17 };
    const jwt = await presentSdJwt(await issueSdJwt(facts, key, { status, made: now - day }), ["/title", "/award"]);
    const jwtList = tokenStatusList([], key, { id: listId, time: now - day, validity: 7n * day });
    const trust = { statement };
    const targets: [string, (text: string) => Promise<unknown>][] = [
      [badge, (text) => verifyBadge(text, { trust, list, now })],
      [list, (text) => verifyBadge(badge, { trust, list: text, now })],
      [jwt, (text) => verifySdJwt(text, { trust, list: jwtList, now })],
      [jwtList, (text) => verifySdJwt(jwt, { trust, list: text, now })],
    ];
    for (const [text, verify] of targets) {
      await verify(text);
      await fc.assert(
        fc.asyncProperty(edit, (change) => unharmed(text, edited(text, change), verify)),
        runs,
      );
    }
  });

  it("V7: are not believed, where they are statements", async () => {
    const text = formatStatement(await stated());
    const verify = async (text: string) => {
      const read = parseStatement(text);
      requireSigned(read, delegate.address);
      return read;
    };
    await fc.assert(
      fc.asyncProperty(edit, async (change) => {
        const changed = edited(text, change);
        const error: unknown = await verify(changed).then(
          // Capitals of an address, a number as text or not: the same statement in another dress.
          (read) =>
            expect(formatStatement(read).toLowerCase()).to.equal(formatStatement(parseStatement(text)).toLowerCase()),
          (thrown: unknown) => thrown,
        );
        if (!(error instanceof SteleError)) expect(error).not.to.be.instanceOf(Error);
      }),
      runs,
    );
  });
});

describe("an award's content by field leaves", () => {
  it("V9: is opened as an import writes it, shown in part, and refused where a shown field is another", () => {
    const opening = { content: { citation: "三年无事故", place: "Harbour" }, secret: new Uint8Array(32).fill(4) };
    const content = commitmentOf(fieldsOf(opening.content), opening.secret);
    const leaf = { subject: fromHex(facts.subject), content, salt: new Uint8Array(32).fill(5) };
    const root = toHex(leafHash(encodeLeaf(leaf)));
    const proof = campaignProof({ root, size: 1n, typeId: 1n, issuer: 3n, expires: 0n }, 0n, leaf, []);
    const opened = parseContent(JSON.parse(fromUtf8(encodeOpening(opening))), proof);
    const text = formatShown(showAward(proof, opened, ["/citation"]));
    expect(text).not.to.include("Harbour");
    const { fields } = verifyShown(JSON.parse(text));
    expect(fields).to.deep.equal([{ pointer: "/citation", path: ["citation"], value: "三年无事故" }]);
    for (const [word, other] of [
      ["三年", "五年"],
      ['"citation"', '"place"'],
      [facts.subject.slice(2, 20), "3".repeat(18)],
    ] as const) {
      expect(() => verifyShown(JSON.parse(text.replace(word, other)))).to.throw(SteleError);
    }
    const bare = campaignProof(
      { ...proof.terms, root: toHex(leafHash(encodeLeaf({ ...leaf, content: leaf.salt }))) },
      0n,
      { ...leaf, content: leaf.salt },
      [],
    );
    expect(() => parseContent(JSON.parse(fromUtf8(encodeOpening(opening))), bare)).to.throw("another content");
  });
});
