import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { sha256, toUtf8Bytes } from "ethers";

import { SteleError } from "../../../sdk/common/errors.js";
import { readAwardType } from "../../../sdk/rewards/terms.js";

const plain = {
  category: "training",
  title: "First aid",
  authority: "Department 1",
  criteria: { file: "criteria.md", uri: "https://example.org/first-aid" },
  granters: "publisher",
};

describe("an award type's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "stele-type-"));
  const file = join(folder, "type.json");

  before(() => writeFileSync(join(folder, "criteria.md"), "Two days, one test."));
  after(() => rmSync(folder, { recursive: true }));

  const read = (content: unknown) => {
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return readAwardType(file, "type.json");
  };

  const refusal = async (content: unknown, code: string, says: string) => {
    const error = await read(content).then(
      () => expect.fail(`took ${JSON.stringify(content)}`),
      (thrown: unknown) => thrown as SteleError,
    );
    expect(error).to.be.instanceOf(SteleError);
    expect(error.code).to.equal(code);
    expect(error.message).to.include("type.json").and.include(says);
  };

  it("gives what the contract takes, with the hash of the criteria beside it", async () => {
    const terms = await read({
      ...plain,
      granters: [9, 3],
      needsEvidence: true,
      points: 5,
      validity: 60,
      supersedes: 2,
    });
    expect(terms).to.deep.equal({
      category: 1n,
      granters: 1n,
      needsEvidence: true,
      points: 5n,
      validity: 60n,
      supersedes: 2n,
      criteriaHash: sha256(toUtf8Bytes("Two days, one test.")),
      criteriaUri: plain.criteria.uri,
      title: plain.title,
      authority: plain.authority,
      members: [3n, 9n],
    });
    const least = await read({ ...plain, category: "service", granters: "anyone", title: "急救".repeat(10) });
    expect([least.category, least.granters, least.points, least.members]).to.deep.equal([4n, 2n, 0n, []]);
  });

  it("is refused where the contract would refuse it, naming the field", async () => {
    const cases: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ category: "conduct" }, 'field "category"'],
      [{ category: "none" }, 'field "category"'],
      [{ title: "" }, "is empty"],
      [{ title: "急".repeat(22) }, "is longer than 64 bytes"],
      [{ title: "a\nb" }, "holds control characters"],
      [{ authority: "\ud800" }, "is not well-formed text"],
      [{ criteria: { ...plain.criteria, uri: "https://a b" } }, 'field "criteria.uri"'],
      [{ criteria: { ...plain.criteria, uri: `https://${"x".repeat(250)}` } }, 'field "criteria.uri"'],
      [{ granters: [] }, "1 to 16 different members"],
      [{ granters: [1, 2, 1] }, "1 to 16 different members"],
      [{ granters: Array.from({ length: 17 }, (_, i) => i + 1) }, "1 to 16 different members"],
      [{ granters: [0] }, 'field "granters'],
      [{ points: -1 }, 'field "points"'],
      [{ validity: 2 ** 32 }, 'field "validity"'],
      [{ score: 1 }, 'unknown field "score"'],
    ];
    for (const [change, says] of cases) await refusal({ ...plain, ...change }, "input", says);
    await refusal("{", "input", "is not JSON");
  });

  it("needs its criteria document, with something in it", async () => {
    const criteria = (name: string) => ({ ...plain, criteria: { ...plain.criteria, file: name } });
    await refusal(criteria("none.md"), "missing", "no such file beside it");
    await refusal(criteria("."), "missing", "it is a folder");
    writeFileSync(join(folder, "empty.md"), "");
    await refusal(criteria("empty.md"), "input", "an empty document");
  });
});
