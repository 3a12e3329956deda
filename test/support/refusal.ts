import { expect } from "chai";

/** The error that a promise rejects with; fails where it does not, or where the sentence is another one. */
export async function refusal(promise: Promise<unknown>, sentence?: string | RegExp): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof Error)) expect.fail("it was not refused");
  if (typeof sentence === "string") expect(error.message).to.include(sentence);
  else if (sentence !== undefined) expect(error.message).to.match(sentence);
  return error;
}
