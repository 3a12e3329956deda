import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { network } from "hardhat";

import type { Eip1193 } from "../../../sdk/chain/deployment/executor.js";
import { developmentWallet } from "../../../sdk/chain/development.js";
import { sessionsOn, steleIn, type Ended } from "../../support/program.js";
import { deployRewards, type RewardsSuite } from "../../support/rewards.js";

const { provider, networkHelpers } = await network.create();
const deployed = async () => deployRewards(provider as never);

/** The node, but for the transactions that it is told to refuse. */
function pickyNode(): { readonly node: Eip1193; refuses: (raw: string) => boolean } {
  const picky: ReturnType<typeof pickyNode> = {
    refuses: () => false,
    node: {
      request: async ({ method, params }: { method: string; params?: unknown[] }) => {
        if (method === "eth_sendRawTransaction" && picky.refuses(String(params?.[0]))) {
          throw Object.assign(new Error("never this one"), { code: -32000 });
        }
        return provider.request({ method, params: params ?? [] });
      },
    },
  };
  return picky;
}

describe("the commands account pending and account cancel", function () {
  this.timeout(120_000);
  let folder: string;
  let suite: RewardsSuite;
  let picky: ReturnType<typeof pickyNode>;

  beforeEach(async () => {
    suite = await networkHelpers.loadFixture(deployed);
    folder = await mkdtemp(join(tmpdir(), "stele-account-"));
    picky = pickyNode();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Each call is a process of its own: it opens the account anew. */
  const stele = (...argv: string[]): Promise<Ended> => {
    const accounts = Array.from({ length: 20 }, (_, index) => developmentWallet(index).address);
    const account = String(accounts.indexOf(suite.actor("department").address));
    const openSession = sessionsOn(picky.node, suite.suite, { pollingInterval: 0.01 });
    return steleIn(folder, [...argv, "--account", account], { openSession });
  };
  const openPoints = (category: string) => stele("award", "points", "open", category, "--half-life", "365d");
  const since = async (category: number) => {
    const points = suite.suite.contract("MeritPoints");
    return (await points.scaleOf(await points.idFor(suite.actor("department").member, category))).since;
  };

  /** One transaction that the node never takes. @returns its nonce, as the refusal's advice has it */
  async function stick(): Promise<string> {
    const refused = new Set<string>();
    picky.refuses = (raw) => refused.has(raw) || (refused.size === 0 && refused.add(raw).size === 1);
    const { code, err } = await openPoints("training");
    const advice = /never this one; .* or cancel it with `stele account cancel (\d+)`\n$/.exec(err);
    expect([code, advice?.length], err).to.deep.equal([1, 2]);
    return advice![1]!;
  }

  it("cancels what the node refuses, as the refusal advises; later transactions go out and it never happens", async () => {
    const nonce = await stick();
    expect((await openPoints("mission")).err).to.include(`nothing can be sent after it`);
    const listed = await stele("account", "pending");
    expect([listed.code, listed.err]).to.deep.equal([3, ""]);
    expect(listed.out)
      .to.match(/refused: .*never this one/)
      .and.include("open points of training");
    const dry = await stele("account", "cancel", nonce, "--dry-run");
    expect([dry.code, dry.out.startsWith("Dry run: ")]).to.deep.equal([0, true]);
    const { code, out } = await stele("account", "cancel", nonce);
    expect([code, out]).to.deep.equal([
      0,
      `Cancelled, and will not happen: open points of training (nonce ${nonce}).\n`,
    ]);
    expect((await openPoints("mission")).code).to.equal(0);
    expect([await since(1), (await since(3)) > 0n]).to.deep.equal([0n, true]);
  });

  it("lists nothing once all is final, and names account and command where there is nothing to cancel", async () => {
    await openPoints("training");
    const { address } = suite.actor("department");
    const { code, out } = await stele("account", "pending", "--json");
    expect([code, JSON.parse(out)]).to.deep.equal([0, { account: address, pending: [] }]);
    const refused = await stele("account", "cancel", "0");
    expect([refused.code, refused.err]).to.deep.equal([
      1,
      `stele: nothing of account ${address} is pending with nonce 0; \`stele account pending\` lists what is\n`,
    ]);
  });

  it("takes a transaction back off the list, and cancels nothing, where the node takes it after all", async () => {
    const nonce = await stick();
    picky.refuses = () => false;
    await openPoints("mission");
    expect((await stele("account", "cancel", nonce)).err).to.include("is pending with nonce");
    expect([(await since(1)) > 0n, (await since(3)) > 0n]).to.deep.equal([true, true]);
  });

  it("goes on with a cancellation that the node refused at first", async () => {
    const nonce = await stick();
    picky.refuses = () => true;
    expect((await stele("account", "cancel", nonce)).err).to.include("never this one");
    expect((await stele("account", "cancel", nonce)).err).to.include("never this one");
    picky.refuses = () => false;
    expect((await openPoints("mission")).code).to.equal(0);
    expect([await since(1), (await since(3)) > 0n]).to.deep.equal([0n, true]);
  });

  it("refuses to cancel by a proposal, since the nonce is the account's own", async () => {
    const { code, err } = await stele("account", "cancel", "0", "--propose", "safe.json");
    expect([code, err]).to.deep.equal([
      2,
      "stele: only the account itself can use up its nonce: leave out --propose\n",
    ]);
  });
});
