import { expect } from "chai";

import { toHex, utf8 } from "../../../sdk/common/bytes.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import { proofBundle } from "../../../sdk/log/bundle.js";
import { openLog } from "../../../sdk/log/log.js";
import { formatBundle, verifyBundle } from "../../../sdk/proof/bundle.js";
import { suiteOrigin } from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer } from "../../../sdk/proof/ed25519.js";
import { numbered, refusal } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

describe("a proof bundle out of a log", () => {
  const folder = temporaryFolders();

  it("verifies alone, up to the head that it was asked to lead to", async () => {
    const origin = suiteOrigin(31337n, toHex(sha256(utf8("log"))));
    const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));
    const registry = `0x${"12".repeat(20)}` as const;
    const log = await openLog(folder(), { origin });
    await refusal(proofBundle(log, 0n), "missing", "no published checkpoint covers entry 0");
    await log.append(numbered(600));
    await log.publish([signer]);
    const early = log.head();
    await log.append(numbered(500, 40, 600));
    const head = log.head();
    await refusal(proofBundle(log, 600n), "missing", "no published checkpoint covers entry 600");
    for (const index of [0n, 255n, 256n, 599n]) {
      const text = formatBundle(await proofBundle(log, index, { registry, head }));
      const shown = verifyBundle(text, { verifierKey: signer.verifierKey, head: { origin, ...head } });
      expect(shown.entry).to.deep.equal(new Uint8Array(numbered(1, 40, Number(index))[0]!));
      expect(shown.suite?.registry).to.equal(registry);
      expect(shown.head?.size).to.equal(1100n);
    }
    await log.publish([signer]);
    await refusal(proofBundle(log, 0n, { head: early }), "refused", "does not follow");
    await refusal(proofBundle(log, 0n, { head: { ...head, root: early.root } }), "refused", "does not follow");
    await log.close();
  });
});
