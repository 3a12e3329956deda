import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import { decodeRevert } from "../../sdk/chain/errors.js";
import { RpcError } from "../../sdk/chain/transport.js";
import { fromUtf8 } from "../../sdk/common/bytes.js";
import { openCampaign } from "../../sdk/rewards/campaign/campaign.js";
import { readCampaignAward } from "../../sdk/rewards/campaign/chain.js";
import { parseContent } from "../../sdk/rewards/credentials/proved.js";
import { batchOfToken, readAward, tokenOf } from "../../sdk/rewards/awards/state.js";
import { deployAwards } from "../support/awards.js";
import { dyingSubmit, honoured, importWorld, Killed, type ImportWorld } from "../support/awardImports.js";
import { grantingChain } from "../support/granting.js";
import { temporaryFolders } from "../support/folders.js";
import { refusal } from "../support/refusal.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployAwards(provider);
const once = honoured.map(() => [1n, 10n]);
/** As geth words it. */
const crowded = "gas required exceeds allowance (30000000)";

describe("an import of awards", () => {
  const folder = temporaryFolders();

  async function world(text?: string) {
    const suite = await networkHelpers.loadFixture(deployed);
    return { suite, ...(await importWorld(provider, suite, folder(), text)) };
  }

  /** Runs an import whose process dies at one call after the other, until one run is through. */
  async function runUntilThrough(
    { chain, run }: Pick<ImportWorld, "chain" | "run">,
    moment: "before" | "after",
    between: () => void = () => undefined,
  ): Promise<number> {
    for (let deaths = 0; ; deaths++) {
      const dead = await chain({}, `dead-${deaths}`);
      try {
        await run({}, { submit: dyingSubmit(dead, moment === "before" ? 1 : 0, moment), source: dead.source });
        return deaths;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      } finally {
        await dead.close();
      }
      between();
    }
  }

  it("grants by campaign in one transaction; everybody can show their award, its content and nothing of another's", async () => {
    const { suite, run } = await world();
    const { campaign, campaignFolder, complete, steps } = await run({ way: "campaign", points: false });
    expect([complete, steps.length, campaign?.size]).to.deep.equal([true, 1, 4n]);
    const made = await openCampaign(campaignFolder!);
    for (const [n, label] of honoured.entries()) {
      const proof = await made.prove(BigInt(n), campaign!);
      expect(proof.leaf.subject).to.equal(suite.subject(label));
      expect((await readCampaignAward(suite.suite, proof)).standing).to.equal("valid");
      const { content } = parseContent(JSON.parse(fromUtf8((await made.opening(BigInt(n)))!)), proof);
      expect(content).to.deep.equal({ citation: `for number ${n}`, date: `2026-03-1${n}` });
    }
    await made.close();
  });

  it("grants by token in batches, with points, to each person once", async () => {
    const { suite, run, holdings } = await world();
    const { batches, complete } = await run();
    expect([complete, batches]).to.deep.equal([true, [1n, 2n]]);
    expect(await holdings()).to.deep.equal(once);
    const state = await readAward(suite.suite, tokenOf(2n, 1n));
    expect([state.subject, batchOfToken(state.id)]).to.deep.equal([suite.subject("dou"), 2n]);
  });

  it("GR2: is refused a second time, and so are its rows in another encoding, order of columns and line end", async () => {
    const { run, file, holdings } = await world("ada,嘉奖,\nben,嘉奖,");
    await run();
    await refusal(run(), "was imported so already");
    const gbk = Buffer.concat([Buffer.from("citation,staff_number\r\n"), gb("嘉奖,ada\r\n"), gb("嘉奖,ben\r\n")]);
    writeFileSync(file, gbk);
    await refusal(run({ encoding: "gb18030" }), "was imported so already");
    expect((await holdings()).map(([tokens]) => tokens)).to.deep.equal([1n, 1n, 0n, 0n]);
  });

  for (const moment of ["before", "after"] as const) {
    it(`GR4: awards nobody twice and nobody never when it dies ${moment} each of its transactions`, async () => {
      const made = await world();
      expect(await runUntilThrough(made, moment)).to.be.greaterThan(2);
      expect(await made.holdings()).to.deep.equal(once);
      expect(await made.suite.awards.batchCount()).to.equal(2n);
    });
  }

  it("GR3: goes on where every journal was lost between two transactions: the chain knows what it took", async () => {
    const made = await world();
    await runUntilThrough(made, "after", () => rmSync(join(made.folder, "imports"), { recursive: true }));
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("GR3: refuses to go on in batches of another size than the chain shows, where the journals were lost", async () => {
    for (const [begun, other] of [
      [2n, 1n],
      [1n, 2n],
    ] as const) {
      const made = await world();
      const dead = await made.chain({}, "dead");
      const cut = made.run({ batch: begun }, { submit: dyingSubmit(dead, 0, "after"), source: dead.source });
      expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
      await dead.close();
      rmSync(join(made.folder, "imports"), { recursive: true });
      await refusal(made.run({ batch: other }), `begun in batches of ${begun}`);
      rmSync(join(made.folder, "imports"), { recursive: true });
      await made.run({ batch: begun });
      expect(await made.holdings()).to.deep.equal(once);
    }
  });

  it("says that a batch is too large for the network's blocks, and takes a smaller one then", async () => {
    const made = await world();
    const real = await made.chain({}, "real");
    const submit: typeof real.submit = async (call, key) => {
      const { accounts } = (call.args["grant_"] ?? call.args) as { readonly accounts: readonly unknown[] };
      if (accounts.length > 1) throw decodeRevert(new RpcError("eth_estimateGas", -32000, crowded, undefined));
      return real.submit(call, key);
    };
    await refusal(made.run({ batch: 4n }, { submit, source: real.source }), "4 in one transaction take more gas");
    expect((await made.run({ batch: 1n }, { submit, source: real.source })).batches).to.have.length(4);
    await real.close();
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("GR3: the same import on another machine finds the campaign that is there", async () => {
    const { run, folder: mine, suite } = await world();
    const first = await run({ way: "campaign", points: false });
    const second = await run({ way: "campaign", points: false, folder: join(mine, "other machine") });
    expect(second.campaign).to.deep.equal(first.campaign);
    expect([second.complete, second.steps.length]).to.deep.equal([true, 0]);
    const opened = suite.suite.contract("Campaigns").filters.CampaignOpened();
    expect((await suite.suite.contract("Campaigns").queryFilter(opened)).length).to.equal(1);
  });

  it("is not stopped, and not doubled, by somebody who hands in its signature first", async () => {
    const { suite, run, holdings, chain } = await world();
    const mine = await chain({}, "robbed");
    const thief = suite.suite.connect(suite.actor("outsider").wallet).contract("Awards");
    const robbed = async (call: Parameters<typeof mine.submit>[0], key?: string) => {
      if (call.method === "grantBySignature") {
        const { grant_, signer, nonce, deadline, signature } = call.args as Record<string, never>;
        await thief.grantBySignature(grant_!, signer!, nonce!, deadline!, signature!);
      }
      return mine.submit(call, key);
    };
    expect((await run({}, { submit: robbed, source: mine.source })).complete).to.equal(true);
    await mine.close();
    expect(await holdings()).to.deep.equal(once);
  });

  it("GR3: keeps a second clerk from granting a batch that the first one signed, and finds it where it was granted", async () => {
    for (const moment of ["before", "after"] as const) {
      const made = await world();
      const dead = await made.chain({}, "dead");
      const cut = made.run({}, { submit: dyingSubmit(dead, 0, moment), source: dead.source });
      expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
      await dead.close();
      const clerk = await grantingChain(provider, made.suite, made.suite.actor("clerk"), join(made.folder, "clerk"));
      const asClerk = made.run({}, { ...clerk });
      if (moment === "before") {
        await refusal(asClerk, "go on with that account");
        await networkHelpers.time.increase(31 * 86_400);
        await made.run({}, { ...clerk });
      } else {
        await asClerk;
      }
      await clerk.close();
      expect(await made.holdings()).to.deep.equal(once);
    }
  });

  it("GR2: goes on with its plan when the file or the roster changes after it was begun", async () => {
    const made = await world();
    const dead = await made.chain({}, "dead");
    const first = made.run({}, { submit: dyingSubmit(dead, 1, "before"), source: dead.source });
    expect(await first.catch((error: unknown) => error)).to.be.instanceOf(Killed);
    await dead.close();
    const { Roster } = await import("../../sdk/rewards/roster/roster.js");
    const { rosterKey } = await import("../support/granting.js");
    const roster = await Roster.open(join(made.folder, "roster"), rosterKey);
    roster.update({ ...roster.require("dou"), account: made.suite.actor("thief").address });
    roster.close();
    await made.run();
    expect(await made.holdings()).to.deep.equal(once);
  });

  it("GR6: is undone, points included, and goes on being undone where that was interrupted", async () => {
    const made = await world();
    const { id, batches } = await made.run();
    const dead = await made.chain({}, "dead");
    const cut = made.undo(id, { submit: dyingSubmit(dead, 2, "after"), source: dead.source });
    expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
    await dead.close();
    expect((await made.undo(id)).complete).to.equal(true);
    for (const batch of batches) expect(await made.suite.awards.isValid(tokenOf(batch, 0n))).to.equal(false);
    expect((await made.holdings()).map(([, points]) => points)).to.deep.equal([0n, 0n, 0n, 0n]);
    await refusal(made.undo(id), "undone already");
    await refusal(made.run(), "--again");
    expect((await made.run({ again: true })).id).not.to.equal(id);
    expect(await made.holdings()).to.deep.equal(honoured.map(() => [2n, 10n]));
  });

  it("GR6: undoes what an interrupted import granted without having written it down", async () => {
    const made = await world();
    const dead = await made.chain({}, "dead");
    const cut = made.run({}, { submit: dyingSubmit(dead, 1, "after"), source: dead.source });
    expect(await cut.catch((error: unknown) => error)).to.be.instanceOf(Killed);
    await dead.close();
    const { listImports } = await import("../../sdk/rewards/imports/run.js");
    const [only] = await listImports(join(made.folder, "imports"));
    expect((await made.undo(only!.id)).complete).to.equal(true);
    for (const batch of [1n, 2n]) expect((await made.suite.awards.batchOf(batch)).revoked).to.equal(true);
  });

  it("names the line of a person whom the chain does not know", async () => {
    const made = await world();
    const { Roster } = await import("../../sdk/rewards/roster/roster.js");
    const { rosterKey } = await import("../support/granting.js");
    const roster = await Roster.open(join(made.folder, "roster"), rosterKey);
    roster.update({ ...roster.require("cai"), account: made.suite.actor("stranger").address });
    roster.close();
    const error = await refusal(made.run({ batch: 500n }), "enrol the person first");
    expect(error.message).to.include("line 4");
    expect(await made.suite.awards.batchCount()).to.equal(0n);
  });

  it("GR7: lets no staff number and no word of a citation reach the chain", async () => {
    const { run, suite } = await world("ada,Verdienste um die Wasserversorgung,\nben,secret words,");
    await run();
    await run({ way: "campaign", points: false });
    const { provider: node } = suite.deployed;
    for (let block = 0; block <= (await node.getBlockNumber()); block++) {
      for (const hash of (await node.getBlock(block))!.transactions) {
        const { data } = (await node.getTransaction(hash))!;
        for (const word of ["Wasserversorgung", "secret", "ada"]) {
          expect(data.includes(Buffer.from(word).toString("hex")), `${word} in ${hash}`).to.equal(false);
        }
      }
    }
  });

  it("refuses a type that is not there, has ended, gives no points, or needs evidence", async () => {
    const { run, suite, typeId } = await world();
    await refusal(run({ typeId: 99n }), "no award type 99");
    await refusal(run({ typeId: await suite.publishType({ points: 0n }) }), "gives no points");
    const needy = await suite.publishType({ needsEvidence: true, points: 0n });
    await refusal(run({ typeId: needy, points: false }), "--evidence");
    await suite.as("department", "Campaigns").retire(typeId);
    await refusal(run(), "has ended");
    await refusal(run({ typeId: needy, points: false, batch: 0n }), "--evidence");
  });
});

/** The two characters of this test in GB18030. */
function gb(text: string): Buffer {
  const bytes: Record<string, number[]> = { 嘉: [0xbc, 0xce], 奖: [0xbd, 0xb1] };
  return Buffer.from([...text].flatMap((character) => bytes[character] ?? [character.charCodeAt(0)]));
}
