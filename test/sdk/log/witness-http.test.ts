import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { Wallet } from "ethers";

import { SteleError } from "../../../sdk/common/errors.js";
import { openLog, type Log } from "../../../sdk/log/log.js";
import type { Served } from "../../../sdk/log/serve.js";
import { HttpWitness, serveWitness } from "../../../sdk/log/witness-http.js";
import { LocalWitness, type CosignRequest } from "../../../sdk/log/witness.js";
import { suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { recoverCosignature } from "../../../sdk/proof/eip712.js";
import { numbered } from "../../support/entries.js";

const registry = { chainId: 31_337n, address: `0x${"11".repeat(20)}` };
const logId = `0x${"22".repeat(32)}` as const;
const signer = ed25519Signer(suiteOrigin(registry.chainId, logId), new Uint8Array(32).fill(7));

describe("a witness over HTTP", () => {
  let folder: string;
  let log: Log;
  let local: LocalWitness;
  let served: Served;
  let witness: HttpWitness;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stele-witness-"));
    log = await openLog(join(folder, "log"), { origin: suiteOrigin(registry.chainId, logId) });
    local = await LocalWitness.open(join(folder, "witness"), {
      signer: new Wallet(`0x${"01".repeat(32)}`),
      registry,
      keysOf: () => Promise.resolve([ed25519Verifier(signer.verifierKey)]),
    });
    served = await serveWitness(local);
    witness = await HttpWitness.open(served.url);
  });
  afterEach(async () => {
    await served.close();
    await local.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function request(oldSize: bigint): Promise<CosignRequest> {
    const checkpoint = await log.publish([signer]);
    const { size: newSize, root } = log.head();
    const proof = oldSize === 0n ? [] : await log.consistencyProof(oldSize, newSize);
    return { logId, oldSize, newSize, root, proof, checkpoint };
  }

  it("signs what the local one signs, and remembers it", async () => {
    await log.append(numbered(3));
    await witness.cosign(await request(0n));
    await log.append(numbered(5, 40, 3));
    const asked = await request(3n);
    const { signer: address, time, signature } = await witness.cosign(asked);
    const statement = { logId, size: asked.newSize, root: asked.root, time };
    expect(recoverCosignature(registry, statement, signature))
      .to.equal(address)
      .and.equal(local.address);
    expect(await witness.headOf(logId)).to.deep.equal(await local.headOf(logId));
  });

  it("passes a refusal on, with its code and sentence", async () => {
    await log.append(numbered(3));
    const asked = await request(0n);
    await witness.cosign(asked);
    const again = await refused(witness.cosign(asked));
    expect(again.code).to.equal("refused");
    expect(again.message).to.match(/^the witness at http.* says: the last head signed of log .* has 3 entries, not 0$/);
    const forged = { ...asked, oldSize: 3n, oldRoot: asked.root, root: new Uint8Array(32) };
    expect((await refused(witness.cosign(forged))).code).to.equal("unproven");
  });

  it("refuses what is no request, and what is too large", async () => {
    const post = async (body: string) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(new URL("cosign", served.url), { method: "POST", headers, body });
      return answer.status;
    };
    expect(await post("{}")).to.equal(400);
    expect(await post("not JSON")).to.equal(400);
    expect(await post(`{"logId":"${"0".repeat(100_000)}"}`)).to.equal(413);
    expect((await fetch(new URL("heads/0x12", served.url))).status).to.equal(400);
  });

  it("is not found where nothing, or something else, answers", async () => {
    await served.close();
    expect((await refused(HttpWitness.open(served.url))).code).to.equal("network");
    expect((await refused(HttpWitness.open("nowhere"))).code).to.equal("usage");
  });
});

async function refused(work: Promise<unknown>): Promise<SteleError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  return error as SteleError;
}
