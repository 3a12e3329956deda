import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { logKind, prepare } from "../../scripts/chapters/stage.js";
import { Book } from "../../sdk/book/book.js";
import { connect, type Connection } from "../../sdk/chain/connection.js";
import { checkpointKeysOf } from "../../sdk/chain/log-state.js";
import { writeManifest } from "../../sdk/chain/manifest.js";
import type { Suite } from "../../sdk/chain/suite.js";
import { developmentWallet } from "../../sdk/chain/development.js";
import { toHex } from "../../sdk/common/bytes.js";
import type { Served } from "../../sdk/log/serve.js";
import { LocalWitness } from "../../sdk/log/witness.js";
import { serveWitness } from "../../sdk/log/witness-http.js";
import { parseDraft } from "../../sdk/records/intake/draft.js";
import { deploySuite } from "../../sdk/testing/index.js";
import { startAnvil, type Node } from "../support/anvil.js";
import { temporaryFolder } from "../support/chain.js";
import { seeded, startProxy, type Proxy } from "../support/proxy.js";

const program = fileURLToPath(new URL("../../sdk/cli/main.ts", import.meta.url));
const rounds = 30;
const owner = 5;

describe("stele log anchor under kills", function () {
  this.timeout(600_000);
  const seed = Number(process.env["STELE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  const random = seeded(seed);
  const servers: Served[] = [];
  const witnesses: LocalWitness[] = [];
  let node: Node;
  let proxy: Proxy;
  let connection: Connection;
  let suite: Suite;
  let folder: string;
  let remove: () => Promise<void>;

  before(async () => {
    node = await startAnvil();
    proxy = await startProxy(node.url);
    ({ folder, remove } = await temporaryFolder());
    const provider = { request: ({ method, params = [] }: Call) => node.rpc(method, ...(params as unknown[])) };
    ({ suite } = await deploySuite(provider, { fees: "zero", setup: prepare }));
    connection = await connect(node.profile);
    await writeManifest(join(folder, "manifest.json"), suite.manifest);
    const profile = { ...node.profile, chainId: node.profile.chainId.toString(), endpoints: [proxy.url] };
    await writeFile(join(folder, "net.json"), JSON.stringify(profile));
    for (const [member, account] of [
      [2, owner],
      [4, 7],
      [5, 8],
    ] as const) {
      const members = suite.contract("Members").connect(wallet(account));
      await (await members.acceptAdministration(member, { gasPrice: 0 })).wait();
    }
    for (const account of [7, 8]) await serve(account);
  });

  after(async function () {
    if (this.currentTest?.state === "failed") console.log(`    seed: STELE_SEED=${seed}`);
    for (const server of servers) await server.close();
    for (const witness of witnesses) await witness.close();
    connection.close();
    await proxy.stop();
    await node.stop();
    await remove();
  });

  const wallet = (account: number) => developmentWallet(account).connect(connection.provider);

  async function serve(account: number): Promise<void> {
    const registry = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry") };
    const keysOf = (logId: `0x${string}`) => checkpointKeysOf(suite, logId);
    const options = { signer: developmentWallet(account), registry, keysOf };
    const witness = await LocalWitness.open(join(folder, `witness-${account}`), options);
    witnesses.push(witness);
    servers.push(await serveWitness(witness));
  }

  /** Runs the program; kills it when the node has seen so many of its requests (never for `undefined`). */
  async function stele(killAt: number | undefined, ...argv: string[]): Promise<boolean> {
    const common = ["--network", "net.json", "--manifest", "manifest.json", "--account", `${owner}`];
    const args = ["--import", import.meta.resolve("tsx"), program, ...argv, ...common];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let [said, left] = ["", killAt];
    child.stderr.on("data", (piece) => (said += String(piece)));
    proxy.choose = () => {
      if (left !== undefined && left-- === 0) child.kill("SIGKILL");
      return "none";
    };
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once("exit", (...end) => resolve(end)),
    );
    if (signal === null) expect(code, said).to.equal(0);
    return signal !== null;
  }

  async function append(count: number): Promise<void> {
    const book = await Book.open(join(folder, "book"));
    const place = { file: "test" };
    await book.import(
      (async function* () {
        for (let i = 0; i < count; i++) yield parseDraft({ data: { nonce: random(), i } }, place);
      })(),
    );
    await book.close();
  }

  it(`brings every head on chain, killed at any request of ${rounds} runs, and never a wrong one`, async () => {
    const open = ["log", "open", "book", "--kind", logKind, "--name", "killed", "--policy", "1"];
    while (await stele(Math.floor(random() * 25), ...open));
    const anchor = ["log", "anchor", "book", ...servers.flatMap(({ url }) => ["--witness", url])];
    let kills = 0;
    for (let round = 0; round < rounds; round++) {
      await append(1 + Math.floor(random() * 40));
      if (await stele(Math.floor(random() * 30), ...anchor)) kills++;
    }
    await stele(undefined, ...anchor);
    const book = await Book.open(join(folder, "book"));
    const registry = suite.contract("LogRegistry");
    const [head, root] = await registry.headOf(book.config.logId);
    expect(head.size).to.equal(book.log.size());
    expect(root).to.equal(toHex(book.log.head().root));
    const advances = await registry.queryFilter(registry.filters.HeadAdvanced(book.config.logId), 0, "latest");
    for (const { args } of advances) expect(args.root).to.equal(toHex(await book.log.rootAt(args.newSize)));
    advances.slice(1).forEach(({ args }, i) => expect(args.oldSize).to.equal(advances[i]?.args.newSize));
    await book.close();
    expect(kills, "some runs are killed before their end").to.be.greaterThan(rounds / 4);
    console.log(`      ${kills} of ${rounds} runs killed, ${advances.length} advances, ${head.size} entries`);
  });
});

interface Call {
  readonly method: string;
  readonly params?: readonly unknown[] | object;
}
