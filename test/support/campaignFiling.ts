/** A process that files a campaign of random-looking awards into a folder, and says how far it is, and its memory. */
import { createHash } from "node:crypto";
import process from "node:process";

import { toHex } from "../../sdk/common/bytes.js";
import { createCampaign, type FiledAward } from "../../sdk/rewards/campaign/campaign.js";

const [folder = "", count = "0"] = process.argv.slice(2);

function* awards(): Generator<FiledAward> {
  const bytes = (text: string) => new Uint8Array(createHash("sha256").update(text).digest());
  const opening = new Uint8Array(200);
  for (let i = 0; i < Number(count); i++) {
    yield { subject: bytes(`person ${i}`), content: bytes(`content ${i}`), salt: bytes(`salt ${i}`), opening };
  }
}

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const campaign = await createCampaign(folder, awards(), {
  onProgress: (leaves) => say({ leaves: Number(leaves), memory: process.memoryUsage().rss }),
});
say({ root: toHex(campaign.root), size: Number(campaign.size) });
await campaign.close();
