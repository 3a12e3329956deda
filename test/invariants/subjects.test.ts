import { walkSubjects } from "../support/subjectsWalk.js";

describe("Subjects, invariants", () => {
  it("A7, A10, A11, A12, A14: no account changes, returns or sticks but by the rules, whoever acts", () =>
    walkSubjects(200, 12)).timeout(120_000);
});
