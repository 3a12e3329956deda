import { SteleError } from "../../../common/errors.js";
import type { MemberStanding, RegisteredDataset, Registration } from "../../../audit/datasets/registered.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, positional, text, value } from "../../fields.js";
import { logSource, timeText } from "../../governed.js";
import { table, thousands } from "../../output.js";
import { holderField, registrationOf } from "./fields.js";

export const datasetShow = defineCommand({
  name: "dataset show",
  summary: "Show the registered datasets, or one with its mirrors and how each stands",
  description:
    "With --store the copy there is verified against what is registered.\n\n" +
    "Examples: stele dataset show\n          stele dataset show 0xROOT --store datasets",
  reach: "reads",
  fields: {
    dataset: positional(bytes32.optional(), "ROOT|ID", "root of a dataset, or its id; left out: all"),
    holder: holderField,
    store: value(text.optional(), "FOLDER", "store whose copy to verify"),
  },
  async run(input, context) {
    if (input.dataset === undefined) return showAll(input.holder, input.store, context);
    const { readDataset } = await import("../../../audit/datasets/registered.js");
    const session = await context.session();
    const registration = await registrationOf(input.dataset, input.holder, session, context);
    const dataset = await readDataset(session.suite, registration.datasetId);
    if (input.store !== undefined) await verifyCopy(input.store, dataset, context);
    const { mediaType } = registration;
    const copy = input.store === undefined ? null : "whole";
    context.print({ ...dataset, mediaType, copy }, () => detail(dataset, mediaType, copy));
  },
});

async function showAll(holder: number | undefined, store: string | undefined, context: Context): Promise<void> {
  if (store !== undefined) throw new SteleError("usage", "--store goes with one dataset: ROOT|ID");
  const { readDataset, registrations } = await import("../../../audit/datasets/registered.js");
  const session = await context.session();
  const filter = holder === undefined ? {} : { holder: BigInt(holder) };
  const found: (Registration & RegisteredDataset)[] = [];
  for await (const one of registrations(session.suite, logSource(session, context), filter)) {
    found.push({ ...one, ...(await readDataset(session.suite, one.datasetId)) });
  }
  context.print(found, () =>
    found.length === 0
      ? "no datasets"
      : table(
          ["root", "holder", "bytes", "mirrors", "missed", "media type"],
          found.map(({ root, holder: member, size, mirrors, mirrorsPromised, standings, mediaType }) => [
            root,
            `${member}`,
            thousands(size),
            `${mirrors} of ${mirrorsPromised}`,
            `${standings.reduce((sum, { missed }) => sum + missed, 0n)}`,
            mediaType,
          ]),
        ),
  );
}

/** @throws SteleError where the copy is not what is registered */
async function verifyCopy(folder: string, { root, size }: RegisteredDataset, context: Context): Promise<void> {
  const { DatasetStore } = await import("../../../audit/datasets/store.js");
  const dataset = await (await DatasetStore.openExisting(context.path(folder))).get(root);
  if (dataset.description.size !== size) {
    const sentence = `has ${dataset.description.size} bytes where ${size} are registered`;
    throw new SteleError("corrupt", sentence, { place: { file: dataset.file } });
  }
  const bar = context.progress("verify", size);
  await dataset.verify({ signal: context.signal, progress: (done, all) => bar.update(done, all) });
  bar.finish();
}

function detail(dataset: RegisteredDataset, mediaType: string, copy: string | null): string {
  const { datasetId, root, size, chunks, holder, registeredAt, retiredAt, mirrors, mirrorsPromised } = dataset;
  const rows: [string, string][] = [
    ["id", datasetId],
    ["root", root],
    ["holder", `member ${holder}`],
    ["size", `${thousands(size)} bytes, ${thousands(chunks)} chunks, ${mediaType}`],
    ["registered", timeText(registeredAt)],
    ["mirrors", `${mirrors} vouch, ${mirrorsPromised} promised`],
  ];
  if (retiredAt > 0n) rows.push(["notice of retirement", timeText(retiredAt)]);
  if (copy !== null) rows.push(["copy", copy]);
  const head = ["member", "part", "vouched", "answered", "last answer", "missed", "last miss"];
  return [table(["what", "value"], rows), table(head, dataset.standings.map(standing))].join("\n");
}

function standing(one: MemberStanding): string[] {
  const { member, part, vouchedAt, withdrawnAt, answered, answeredAt, missed, missedAt } = one;
  const vouched = vouchedAt === 0n && withdrawnAt > 0n ? `withdrawn ${timeText(withdrawnAt)}` : timeText(vouchedAt);
  return [`${member}`, part, vouched, `${answered}`, timeText(answeredAt), `${missed}`, timeText(missedAt)];
}
