import { expect } from "chai";
import { Wallet } from "ethers";

import { toHex, utf8, type Hex } from "../../../sdk/common/bytes.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { openLog, type Log } from "../../../sdk/log/log.js";
import { LocalMirror, type MirrorSource } from "../../../sdk/log/mirror.js";
import { LocalWitness, type CosignRequest, type WitnessOptions } from "../../../sdk/log/witness.js";
import { suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { eip712NoteSigner, eip712NoteVerifier, recoverCosignature, recoverHolding } from "../../../sdk/proof/eip712.js";
import { numbered, numberOf, random, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

const registry = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
const logId = toHex(sha256(utf8("log")));
const origin = suiteOrigin(registry.chainId, logId);
const wallet = (seed: string) => new Wallet(toHex(sha256(utf8(seed))));
const key = { registry, logId, address: wallet("log").address };
const options: WitnessOptions = {
  signer: wallet("witness"),
  registry,
  keysOf: async (id: Hex) => (id === logId ? [eip712NoteVerifier(key)] : []),
  clock: () => 1_800_000_000n,
};

/** What the log's keeper sends for its present head. */
async function requestFrom(log: Log, oldSize: bigint): Promise<CosignRequest> {
  const checkpoint = await log.publish([await eip712NoteSigner(wallet("log"), key, 0)]);
  const proof = await log.consistencyProof(oldSize, log.size());
  return { logId, oldSize, newSize: log.size(), root: log.head().root, proof, checkpoint };
}

describe("a witness", () => {
  const folder = temporaryFolders();

  it("signs heads that extend the last one it signed, and remembers them over a restart", async () => {
    const log = await openLog(folder(), { origin });
    const home = folder();
    let size = 0n;
    for (const count of [0, 1, 300, 0, 5]) {
      const witness = await LocalWitness.open(home, options);
      expect((await witness.headOf(logId)).size).to.equal(size);
      if (count > 0) await log.append(random(count));
      const request = await requestFrom(log, size);
      const { signer, time, signature } = await witness.cosign(request);
      expect(signer).to.equal(wallet("witness").address);
      const statement = { logId, size: request.newSize, root: request.root, time };
      expect(recoverCosignature(registry, statement, signature)).to.equal(signer);
      size = request.newSize;
      await witness.close();
    }
    await log.close();
  });

  it("[W1] never signs two heads of which one does not extend the other", async () => {
    const [log, other] = [await openLog(folder(), { origin }), await openLog(folder(), { origin })];
    const witness = await LocalWitness.open(folder(), options);
    await log.append(random(300));
    await other.append(random(400));
    const first = await requestFrom(log, 0n);
    await witness.cosign(first);
    await refusal(witness.cosign(await requestFrom(other, 0n)), "refused", "has 300 entries, not 0");
    await refusal(witness.cosign(await requestFrom(other, 300n)), "unproven", "not shown to extend");
    const oldRoot = await other.rootAt(300n);
    await refusal(witness.cosign({ ...(await requestFrom(other, 300n)), oldRoot }), "refused", "another root at 300");
    await log.append(random(10));
    const next = await requestFrom(log, 300n);
    await refusal(witness.cosign({ ...next, proof: next.proof.slice(1) }), "unproven");
    await refusal(witness.cosign({ ...first, oldSize: 300n, newSize: 299n, proof: [] }), "unproven");
    expect((await witness.headOf(logId)).size).to.equal(300n);
    await witness.cosign(next);
    await refusal(witness.cosign(next), "refused", "has 310 entries, not 300");
    for (const opened of [log, other, witness]) await opened.close();
  });

  it("signs only what the log signed", async () => {
    const log = await openLog(folder(), { origin });
    const witness = await LocalWitness.open(folder(), options);
    await log.append(random(3));
    const request = await requestFrom(log, 0n);
    const stranger = await log.publish([await eip712NoteSigner(wallet("stranger"), key, 0)]);
    await refusal(witness.cosign({ ...request, checkpoint: stranger }), "unproven", "no known key");
    await refusal(witness.cosign({ ...request, newSize: 4n }), "unproven", "of another head");
    await refusal(witness.cosign({ ...request, root: sha256(utf8("x")) }), "unproven", "of another head");
    await refusal(witness.cosign({ ...request, logId: toHex(sha256(utf8("other"))) }), "unproven");
    await refusal(witness.cosign({ ...request, checkpoint: "nothing" }), "input");
    expect((await witness.headOf(logId)).size).to.equal(0n);
    await witness.close();
    await log.close();
  });

  it("signs one of two heads that are asked for at once", async () => {
    const [log, other] = [await openLog(folder(), { origin }), await openLog(folder(), { origin })];
    await log.append(random(3));
    await other.append(random(3));
    const requests = [await requestFrom(log, 0n), await requestFrom(other, 0n)];
    const home = folder();
    const witnesses = [await LocalWitness.open(home, options), await LocalWitness.open(home, options)];
    const answers = await Promise.allSettled(requests.map((request, i) => witnesses[i]!.cosign(request)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    for (const opened of [log, other, ...witnesses]) await opened.close();
  });
});

describe("a mirror", () => {
  const folder = temporaryFolders();

  it("holds every entry of what it signs, over restarts", async () => {
    const log = await openLog(folder(), { origin });
    const home = folder();
    for (const count of [20_000, 5, 0]) {
      const mirror = await LocalMirror.open(home, options);
      await log.append(numbered(count, 20, Number(log.size())));
      const request = await requestFrom(log, 0n);
      const { signer, time, signature } = await mirror.hold(request, log);
      const statement = { logId, size: log.size(), root: log.head().root, time };
      expect(recoverHolding(registry, statement, signature)).to.equal(signer);
      const copy = await mirror.copyOf(logId);
      expect(copy.head()).to.deep.equal(log.head());
      if (log.size() > 0n) expect(numberOf(await copy.entry(log.size() - 1n))).to.equal(Number(log.size()) - 1);
      await copy.verify();
      await mirror.close();
    }
    await log.close();
  });

  it("[W2] keeps nothing of a source that gives other entries, too few, or wrong proofs", async () => {
    const log = await openLog(folder(), { origin });
    await log.append(numbered(20_000, 20));
    const request = await requestFrom(log, 0n);
    const mirror = await LocalMirror.open(folder(), options);
    const change = (at: bigint): MirrorSource => ({
      async *entries(from, to) {
        let index = from;
        for await (const entry of log.entries(from, to)) yield index++ === at ? utf8("forged") : entry;
      },
      consistencyProof: (from, to) => log.consistencyProof(from, to),
    });
    await refusal(mirror.hold(request, change(3n)), "unproven", "do not lead to the signed head");
    expect((await mirror.copyOf(logId)).size()).to.equal(0n);
    await refusal(mirror.hold(request, change(19_999n)), "unproven", "do not lead to the signed head");
    expect((await mirror.copyOf(logId)).size()).to.equal(16_384n);
    const source = { consistencyProof: change(-1n).consistencyProof, entries: () => log.entries(0n, 7n) };
    await refusal(mirror.hold(request, source), "unproven", "did not give the entries");
    await mirror.hold(request, log);
    expect((await mirror.copyOf(logId)).head()).to.deep.equal(log.head());
    const other = await openLog(folder(), { origin });
    await other.append(random(20_000));
    await refusal(mirror.hold(await requestFrom(other, 0n), other), "unproven", "is another log");
    for (const opened of [log, other, mirror]) await opened.close();
  });
});
