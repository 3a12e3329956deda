import { expect } from "chai";
import { assert, asyncProperty, constantFrom, oneof, string, uint8Array } from "fast-check";
import { hexlify, toUtf8Bytes, toUtf8String } from "ethers";
import { network } from "hardhat";
import { SaxesParser } from "saxes";

import { deployAwards, reason, tokenIn } from "../../support/awards.js";
import { testContract } from "../../support/compile.js";
import { Category } from "../../support/rewards.js";

const { provider, networkHelpers, ethers } = await network.create();
const { loadFixture, time } = networkHelpers;
const deployed = async () => deployAwards(provider);

interface Metadata {
  readonly name: string;
  readonly description: string;
  readonly image: string;
  readonly attributes: readonly { readonly trait_type: string; readonly value: string | number }[];
}

interface Drawn {
  readonly texts: readonly string[];
  readonly elements: readonly { readonly name: string; readonly attributes: Record<string, string> }[];
}

/** Well-formed XML, or an error. */
function parsed(svg: string): Drawn {
  const parser = new SaxesParser();
  const texts: string[] = [];
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("text", (text) => texts.push(text));
  parser.on("opentag", ({ name, attributes }) => {
    elements.push({ name, attributes: attributes as Record<string, string> });
  });
  parser.write(svg).close();
  return { texts, elements };
}

const decoded = (uri: string, type: string): string => {
  expect(uri.startsWith(`data:${type};base64,`)).to.equal(true);
  return Buffer.from(uri.slice(uri.indexOf(",") + 1), "base64").toString("utf8");
};
const metadataOf = (uri: string) => JSON.parse(decoded(uri, "application/json")) as Metadata;
const valueOf = (metadata: Metadata, trait: string) =>
  metadata.attributes.find((one) => one.trait_type === trait)?.value;

/** Bytes that are not UTF-8. */
const broken = ["80", "c0af", "e080af", "eda080", "f4908080", "ff", "e4bd", "f09f92", "c2"];

describe("The picture of an award", () => {
  it("tells title, authority, category, dates, number and standing, in valid JSON and well-formed SVG", async () => {
    const { awards, grant, publishType } = await loadFixture(deployed);
    const typeId = await publishType({ category: Category.Mission, title: "Flood relief", validity: 86_400n * 365n });
    const token = tokenIn(await grant(["ada", "ben"], { typeId }), 1);
    const metadata = metadataOf(await awards.tokenURI(token));
    expect(metadata.name).to.equal("Flood relief");
    const issued = await awards.startTime(token);
    const date = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
    expect(valueOf(metadata, "Category")).to.equal("Mission");
    expect(valueOf(metadata, "Authority")).to.equal("Department 1");
    expect(valueOf(metadata, "Number")).to.equal("1-2");
    expect(valueOf(metadata, "Standing")).to.equal("Valid");
    expect(valueOf(metadata, "Disputed")).to.equal("no");
    expect(valueOf(metadata, "Awarded")).to.equal(Number(issued));
    expect(valueOf(metadata, "Valid until")).to.equal(Number(await awards.endTime(token)));
    const { texts, elements } = parsed(decoded(metadata.image, "image/svg+xml"));
    const svg = elements[0]!;
    expect(svg.name).to.equal("svg");
    expect(svg.attributes["viewBox"]).to.equal("0 0 800 800");
    const text = texts.join("\n");
    for (const shown of ["Flood relief", "Department 1", "MISSION", "No. 1-2", date(issued), "valid until"])
      expect(text).to.include(shown);
    expect(elements.some(({ name }) => ["script", "image", "foreignObject"].includes(name))).to.equal(false);
  });

  it("shows what does not count any more: revoked, expired, not supported, disputed", async () => {
    const { awards, as, grant, openLog, suite } = await loadFixture(deployed);
    const log = await openLog("department", "unit-1");
    await log.record();
    const expires = BigInt(await time.latest()) + 1_000n;
    const evidence = { evidenceLog: log.logId, evidence: [0n] };
    const [revoked, expired, resting] = [
      tokenIn(await grant(["ada"])),
      tokenIn(await grant(["ada"], { expires })),
      tokenIn(await grant(["ada"], evidence)),
    ];
    const shown = async (token: bigint) =>
      parsed(await suite.contract("AwardPicture").svg(suite.address("Awards"), token)).texts.join("\n");
    for (const token of [revoked, expired, resting])
      expect(await shown(token)).to.not.match(/REVOKED|EXPIRED|NOT SUPPORTED|DISPUTE/);
    await as("department", "Awards").revoke(revoked, reason);
    await as("ada", "RecordDesk").complain(log.logId, 0n, reason);
    await time.increaseTo(expires);
    expect(await shown(revoked)).to.include("REVOKED");
    expect(await shown(expired)).to.include("EXPIRED");
    expect(await shown(resting)).to.include("UNDER DISPUTE");
    const metadata = metadataOf(await awards.tokenURI(revoked));
    expect(valueOf(metadata, "Standing")).to.equal("Revoked");
    expect(metadata.description).to.include("not valid: Revoked");
    await as("department", "RecordDesk").withdraw(log.logId, 0n, reason);
    expect(await shown(resting)).to.include("NOT SUPPORTED");
  });

  it("says nothing about the person: neither account nor subject nor their parts", async () => {
    const { awards, grant, actor, subject } = await loadFixture(deployed);
    const uri = await awards.tokenURI(tokenIn(await grant(["ada"])));
    const text = decoded(uri, "application/json") + decoded(metadataOf(uri).image, "image/svg+xml");
    for (const secret of [actor("ada").address, subject("ada")])
      expect(text.toLowerCase()).to.not.include(secret.slice(2, 12).toLowerCase());
  });

  it("weaves another guilloche for each award, and one emblem for a type", async () => {
    const { awards, grant, suite } = await loadFixture(deployed);
    const batch = await grant(["ada", "ben", "cai"]);
    const drawn = await Promise.all(
      [0, 1, 2].map(async (i) => suite.contract("AwardPicture").svg(await awards.getAddress(), tokenIn(batch, i))),
    );
    const woven = drawn.map((svg) => JSON.stringify(parsed(svg).elements.filter(({ name }) => name === "ellipse")));
    expect(new Set(woven).size).to.equal(3);
    const emblems = drawn.map((svg) => parsed(svg).elements.find(({ attributes }) => attributes["id"] === "y"));
    expect(new Set(emblems.map((one) => JSON.stringify(one))).size).to.equal(1);
  });

  it("keeps quotes, brackets and ampersands of a title as text", async () => {
    const { awards, grant, publishType, suite } = await loadFixture(deployed);
    const titles = [`"><script>alert('x')</script>`, `]]> & &amp; <!-- \\" \\u0041 --`, `<svg onload="x()">'"&`];
    for (const title of titles) {
      const token = tokenIn(await grant(["ada"], { typeId: await publishType({ title, authority: title }) }));
      expect(metadataOf(await awards.tokenURI(token)).name).to.equal(title);
      const { elements } = parsed(await suite.contract("AwardPicture").svg(await awards.getAddress(), token));
      expect(elements.some(({ name }) => name === "script")).to.equal(false);
    }
  });

  it("fits every title into its 640 units, however long or wide", async () => {
    const { awards, grant, publishType, suite } = await loadFixture(deployed);
    const titles = [
      "抗洪抢险先进个人荣誉证书二等奖特别奖",
      "W".repeat(64),
      "a ".repeat(31) + "ab",
      "é".repeat(32),
      "x",
    ];
    for (const title of titles) {
      const token = tokenIn(await grant(["ada"], { typeId: await publishType({ title, authority: title }) }));
      const { elements } = parsed(await suite.contract("AwardPicture").svg(await awards.getAddress(), token));
      for (const { name, attributes } of elements) {
        if (name !== "text") continue;
        expect(Number(attributes["font-size"])).to.be.greaterThan(7);
        expect(Number(attributes["textLength"] ?? 640)).to.equal(640);
      }
    }
  });

  it("does not rely on its texts: any bytes become valid JSON and well-formed SVG", async () => {
    const { awards, grant } = await loadFixture(deployed);
    const [signer] = await ethers.getSigners();
    const types = await (await testContract("HostileTypes", signer!)).deploy();
    const picture = await ethers.deployContract("AwardPicture", [await types.getAddress()]);
    const token = tokenIn(await grant(["ada"]));
    for (const hex of [...broken, "", "3c2f746578743e", "22", "c3a9", "f09f9a80", "e280ae", "00"]) {
      await types.getFunction("say")(`0x61${hex}62`);
      const { name, image } = metadataOf(await picture.getFunction("tokenURI")(awards, token));
      expect(name, hex).to.match(/^a.*b$/u);
      if (broken.includes(hex)) expect(name, hex).to.match(/^a\ufffd+b$/);
      parsed(decoded(image, "image/svg+xml"));
      parsed(await picture.getFunction("svg")(awards, token));
    }
  });
});

describe("Texts of a picture", () => {
  async function harnessed() {
    const [signer] = await ethers.getSigners();
    return (await testContract("DisplayTextHarness", signer!)).deploy();
  }
  const cleaned = async (bytes: Uint8Array) => {
    const harness = await loadFixture(harnessed);
    return toUtf8String((await harness.getFunction("clean")(bytes)) as string);
  };

  it("replace what breaks parsers or reorders what is read", async () => {
    const hostile = "a\u202eb\u2066c\u200fd\u0000e\u0007f\u007fg\u0085h\u2028i\ufeffj\ufffek\u{e0041}l\nm\u061cn";
    expect(await cleaned(toUtf8Bytes(hostile))).to.equal([..."abcdefghijklmn"].join("\ufffd"));
    expect(await cleaned(toUtf8Bytes("مرحبا שלום 你好 👩\u200d🚀 e\u0301"))).to.equal(
      "مرحبا שלום 你好 👩\u200d🚀 e\u0301",
    );
  });

  it("are measured as fonts have them, so that what is set to a length is hardly stretched", async () => {
    const harness = await loadFixture(harnessed);
    const width = async (text: string) => Number(await harness.getFunction("widthOf")(toUtf8Bytes(text)));
    // Hundredths of the font's size in Georgia, added up from its widths.
    expect(await width("Certificate of advanced training")).to.be.within(1_400, 1_620);
    expect(await width("抗洪抢险")).to.equal(416);
    expect(await width("Gi\u1ea3i")).to.be.lessThan(250);
    expect(await width("👩\u200d🚀")).to.equal(208);
    expect(await width("e\u0301\ufe0f")).to.equal(await width("e"));
  });

  it("replace bytes that are not UTF-8: stray, overlong, surrogates, cut off, beyond Unicode", async () => {
    for (const hex of broken) {
      const text = await cleaned(Uint8Array.from(Buffer.from(`61${hex}62`, "hex")));
      expect(text, hex).to.match(/^a\ufffd+b$/);
    }
    expect(await cleaned(Uint8Array.from([0xe4, 0xbd]))).to.equal("\ufffd\ufffd");
  });

  it("make well-formed SVG of any bytes (fuzz)", async function () {
    this.timeout(120_000);
    const harness = await loadFixture(harnessed);
    const titles = oneof(uint8Array({ maxLength: 64 }), string({ unit: "binary", maxLength: 24 }).map(toUtf8Bytes));
    const rule = asyncProperty(titles, constantFrom(1n, 2n, 3n, 4n), async (title, standing) => {
      const svg = (await harness.getFunction("draw")(hexlify(title), standing, title.length % 2 === 0)) as string;
      parsed(svg);
    });
    await assert(rule, { numRuns: 200, seed: 5 });
  });

  it("name the calendar's day of any second, as JavaScript does", async () => {
    const harness = await loadFixture(harnessed);
    const days = [0, 59, 789, 11_016, 11_017, 18_321, 24_855, 47_540, 47_541, 146_096, 200_000, 2_932_896];
    for (const day of days) {
      for (const second of [day * 86_400, day * 86_400 + 86_399]) {
        const expected = new Date(second * 1000).toISOString().slice(0, 10);
        expect(await harness.getFunction("iso")(second)).to.equal(expected);
      }
    }
  });
});
