import { existsSync } from "node:fs";
import { join } from "node:path";

import { connect } from "../../../chain/connection.js";
import { fileStore, statePath } from "../../../chain/deployment/files.js";
import { rebuild } from "../../../chain/deployment/rebuild.js";
import { manifestPath, writeManifest } from "../../../chain/manifest.js";
import { loadProfile } from "../../../chain/profile-file.js";
import { SteleError } from "../../../common/errors.js";
import { defineCommand } from "../../command.js";
import { address, number, text, value } from "../../fields.js";

export const deploymentRebuild = defineCommand({
  name: "deployment rebuild",
  summary: "Write the files of a deployment anew from the chain",
  description:
    "For a manifest or a memory of the deployment that is lost or torn. Needs nothing but the directory's address; " +
    "keeps every file that is there.\n\n" +
    "Example: stele deployment rebuild --directory 0x… --network networks/consortium.json --from-block 120000",
  reach: "local",
  fields: {
    directory: value(address, "ADDRESS", "the suite's Directory"),
    network: value(text.default("local"), "NAME|FILE", "network profile (default: local)"),
    fromBlock: value(number.default(0), "BLOCK", "a block not after the deployment (default: 0)"),
  },
  async run({ directory, network, fromBlock }, context) {
    const profile = await loadProfile(network, context.cwd);
    const folder = context.path(join("deployments", profile.name));
    const file = context.path(manifestPath(profile.name));
    const present = [file, statePath(folder)].filter((path) => existsSync(path));
    if (present.length === 2)
      throw new SteleError("refused", `${present.join(" and ")} are there; move away what is to be rebuilt`);
    const connection = await connect(profile, { signal: context.signal });
    const progress = context.progress("blocks read");
    try {
      const { manifest, state } = await rebuild(connection, {
        directory,
        fromBlock,
        signal: context.signal,
        progress: (block, head) => progress.update(block, head),
      });
      progress.finish();
      if (!present.includes(statePath(folder))) await fileStore(folder).save(state);
      if (!present.includes(file)) await writeManifest(file, manifest);
      context.print(manifest, () => `${Object.keys(manifest.contracts).length} contracts found, written to ${folder}`);
    } finally {
      connection.close();
    }
  },
});
