import { randomBytes } from "node:crypto";

import { expect } from "chai";

import { SteleError, type SteleErrorCode } from "../../sdk/common/errors.js";

/** Different entries of a length, each beginning with its number. */
export function numbered(count: number, length = 40, from = 0): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const entry = Buffer.alloc(length, 0xe5);
    entry.writeUIntBE(from + i, 0, 6);
    return entry;
  });
}

/** Number of an entry that {@link numbered} made. */
export function numberOf(entry: Uint8Array): number {
  return Buffer.from(entry).readUIntBE(0, 6);
}

/** Entries without anything in common. */
export function random(count: number, length = 40): Buffer[] {
  return Array.from({ length: count }, () => randomBytes(length));
}

/** Expects a refusal of the SDK and hands it back. */
export async function refusal(work: Promise<unknown>, code?: SteleErrorCode, says = ""): Promise<SteleError> {
  const error = await work.then(
    () => expect.fail("was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(SteleError);
  if (code !== undefined) expect((error as SteleError).code).to.equal(code);
  expect((error as SteleError).message).to.include(says);
  return error as SteleError;
}
