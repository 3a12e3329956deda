import { walkSubjects } from "../support/subjectsWalk.js";

describe("Subjects, invariants over long walks", () => {
  it("A7, A10, A11, A12, A14: no account changes, returns or sticks in hundreds of long walks", () =>
    walkSubjects(400, 60)).timeout(1_800_000);
});
