import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import { expect } from "chai";

import { sentenceOf } from "../../../sdk/common/errors.js";
import { openLog } from "../../../sdk/log/log.js";
import { serveLog } from "../../../sdk/log/serve.js";
import { ed25519Signer } from "../../../sdk/proof/ed25519.js";
import { random } from "../../support/entries.js";
import { temporaryFolders } from "../../support/folders.js";

const origin = "example.org/log";
const signer = ed25519Signer(origin, new Uint8Array(32).fill(9));
const tool = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4";

/** Builds Tessera's fsck once, into a folder that git ignores. */
function install(): string {
  const folder = resolve(import.meta.dirname, "../../../.stele/tools");
  const binary = join(folder, "fsck");
  if (!existsSync(binary)) {
    execFileSync("go", ["install", tool], { env: { ...process.env, GOBIN: folder }, stdio: "pipe", timeout: 300_000 });
  }
  return binary;
}

describe("Tessera's fsck", () => {
  const folder = temporaryFolders();
  let fsck: string;

  before(function () {
    this.timeout(320_000);
    try {
      fsck = install();
    } catch (error) {
      console.log(`      did not run: fsck needs Go and its module proxy (${sentenceOf(error).split("\n")[0]})`);
      this.skip();
    }
  });

  /** What fsck says. It does not end once it has found something, so it is stopped at the first finding. */
  async function audit(url: string): Promise<"sound" | "broken"> {
    const key = join(folder(), "key.pub");
    writeFileSync(key, signer.verifierKey);
    const options = [
      `--storage_url=${url}`,
      `--public_key=${key}`,
      `--origin=${origin}`,
      "--ui=false",
      "--N=2",
      "--v=1",
    ];
    const child = spawn(fsck, options, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(child, "exit");
    let broken = false;
    for await (const line of createInterface({ input: child.stderr })) {
      if (!line.includes(":Invalid")) continue;
      broken = true;
      child.kill("SIGKILL");
    }
    const [code] = (await ended) as [number | null];
    return broken || code !== 0 ? "broken" : "sound";
  }

  it("finds nothing wrong with a served log of 100,000 entries, and finds one changed byte", async function () {
    this.timeout(60_000);
    const home = folder();
    const log = await openLog(home, { origin });
    for (let i = 0; i < 100; i++) await log.append(random(1000, 100));
    const server = await serveLog(log.reader);
    await log.publish([signer]);
    expect(await audit(server.url)).to.equal("sound");
    await server.close();
    const db = new DatabaseSync(join(home, "log.db"));
    db.exec(
      "UPDATE pieces SET data = unhex(substr(hex(data), 1, 100) || '00' || substr(hex(data), 103)) WHERE first = 51200",
    );
    db.close();
    const again = await serveLog(log.reader);
    expect(await audit(again.url)).to.equal("broken");
    await again.close();
    await log.close();
  });
});
