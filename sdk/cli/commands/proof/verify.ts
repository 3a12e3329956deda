import { SteleError, type Place } from "../../../common/errors.js";
import { readText } from "../../../common/node/files.js";
import type { Trust } from "../../../proof/bundle.js";
import type { Presentation, PresentedRecord } from "../../../records/presentation.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { address, flag, number, positional, text, value } from "../../fields.js";

export const proofVerify = defineCommand({
  name: "proof verify",
  summary: "Verify a proof bundle or a presented record",
  description:
    "Against a network: the entry is in the log whose head the chain holds, the checkpoint's key is the registered one, " +
    "and for a record what the desk says of it. Offline: against a verifier key, a checkpoint key or a checkpoint file " +
    "that you trust. Exit code 0 only if everything holds.\n\n" +
    "Examples: stele proof verify proof.json --network local\n" +
    "          stele proof verify proof.json --offline --verifier-key 'stele/31337/…+1f2e3d4c+AQ…'",
  reach: "reads",
  fields: {
    file: positional(text, "FILE", "bundle of stele log prove, or presentation of stele record show --out"),
    offline: flag("ask no network; needs something to trust"),
    verifierKey: value(text.optional(), "VKEY", "Ed25519 verifier key of the log (C2SP signed-note)"),
    checkpointKey: value(address.optional(), "ADDRESS", "address of the log's checkpoint key"),
    keyEpoch: value(number.optional(), "N", "epoch that the checkpoint key must have"),
    checkpoint: value(text.optional(), "FILE", "checkpoint note that you trust, obtained elsewhere"),
  },
  async run(input, context) {
    const { parsePresentation, verifyPresentation } = await import("../../../records/presentation.js");
    const place = { file: input.file };
    const presentation = parsePresentation(await readText(context.path(input.file), input.file), place);
    if (!input.offline) return verifyOnNetwork(presentation, place, context);
    const trust = await trustOf(input, presentation.proof.log.suite, context);
    const shown = verifyPresentation(presentation, trust, place);
    context.print(shown, () => textOf(shown));
  },
});

async function verifyOnNetwork(presentation: Presentation, place: Place, context: Context): Promise<void> {
  const { openedOf } = await import("../../../records/presentation.js");
  const { verifyBundleOnChain } = await import("../../../chain/verify.js");
  const { suite } = await context.session();
  const verdict = await verifyBundleOnChain(presentation.proof, suite, { place });
  const opened = openedOf(presentation, verdict.shown.entry, place);
  if (!verdict.good) throw new SteleError("unproven", [...verdict.steps, ...verdict.problems].join(" "), { place });
  const fields = fieldLines(opened.fields);
  context.print({ ...verdict, ...opened }, () =>
    [...verdict.steps, ...fields, ...verdict.problems, "Everything holds."].join("\n"),
  );
}

function fieldLines(fields: PresentedRecord["fields"]): string[] {
  if (fields.length === 0) return [];
  return [
    "It commits to these fields:",
    ...fields.map(({ pointer, value }) => `  ${pointer}  ${JSON.stringify(value)}`),
  ];
}

interface Trusted {
  readonly verifierKey: string | undefined;
  readonly checkpointKey: string | undefined;
  readonly keyEpoch: number | undefined;
  readonly checkpoint: string | undefined;
}

async function trustOf(
  { verifierKey, checkpointKey, keyEpoch, checkpoint }: Trusted,
  suite: PresentedRecord["suite"],
  context: Context,
): Promise<Trust> {
  if (checkpointKey !== undefined && suite === undefined) {
    throw new SteleError("usage", "--checkpoint-key needs a bundle that names its chain and registry");
  }
  return {
    ...(verifierKey === undefined ? {} : { verifierKey }),
    ...(checkpoint === undefined ? {} : { head: await trustedHead(checkpoint, context) }),
    ...(checkpointKey === undefined || suite === undefined
      ? {}
      : {
          checkpointKey: {
            registry: { chainId: suite.chainId, address: suite.registry },
            logId: suite.logId,
            address: checkpointKey,
            ...(keyEpoch === undefined ? {} : { keyEpoch }),
          },
        }),
  };
}

async function trustedHead(file: string, context: Context): Promise<NonNullable<Trust["head"]>> {
  const { readUnverified } = await import("../../../proof/checkpoint.js");
  try {
    const { origin, size, root } = readUnverified(await readText(context.path(file), file));
    return { origin, size, root };
  } catch (error) {
    throw error instanceof SteleError ? error.at({ file }) : error;
  }
}

function textOf(shown: PresentedRecord): string {
  const subject = shown.subject === undefined ? [] : ["It is about the subject whose opening the file holds."];
  return [...shown.steps, ...fieldLines(shown.fields), ...subject, "Everything holds."].join("\n");
}
