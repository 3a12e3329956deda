import { expect } from "chai";

import { judge } from "../../scripts/analyse/triage.js";
import { unreasoned } from "../../scripts/analyse/sources.js";
import { summary } from "../../scripts/ci/summary.mjs";

const report = (passed: number, failures: string[] = [], skipped = 0) => ({
  passed,
  failed: failures.length,
  skipped,
  failures,
});

describe("the closing line of CI", () => {
  it("counts every test, every check and every step without a report", () => {
    const { lines, failed } = summary([
      { name: "setup", code: 0, seconds: 20, report: null },
      { name: "tests", code: 0, seconds: 60, report: report(100, [], 2) },
    ]);
    expect(failed).to.equal(0);
    expect(lines.at(-1)).to.equal("101 passed, 0 failed, 2 skipped");
    expect(lines[1]).to.equal("tests: 100 passed, 0 failed, 2 skipped in 60 s");
  });

  it("names what failed, and counts a crash and a time-out as failures", () => {
    const { lines, failed } = summary([
      { name: "tests", code: 1, seconds: 60, report: report(3, ["a log keeps its head"]) },
      { name: "slow-tests", code: 124, seconds: 1800, report: null },
      { name: "checks", code: 2, seconds: 1, report: report(5) },
    ]);
    expect(failed).to.equal(3);
    expect(lines).to.include.members([
      "FAILED a log keeps its head",
      "FAILED slow-tests ran out of time",
      "FAILED checks ended with exit code 2",
      "8 passed, 3 failed",
    ]);
  });

  it("fails a run in which nothing ran", () => {
    expect(summary([]).lines.at(-1)).to.equal("0 passed, 1 failed");
  });
});

describe("static analysis", () => {
  const finding = { check: "reentrancy", impact: "High", description: "A.b(uint256) (contracts/A.sol#1-2) is open" };
  const why = "the callee is this suite's own registry";

  it("fails on a finding without a reason, and on a reason without a finding", () => {
    expect(judge([finding], []).open).to.deep.equal([finding]);
    expect(judge([finding], [{ check: "reentrancy", where: "A.b", why }])).to.deep.equal({ open: [], stale: [] });
    expect(judge([finding], [{ check: "reentrancy", where: "A.b", why: "" }]).open).to.deep.equal([finding]);
    expect(judge([], [{ check: "reentrancy", where: "A.b", why }]).stale).to.have.length(1);
  });

  it("fails on a silenced line without a reason above it", () => {
    const silenced = "// slither-disable-next-line reentrancy\nx();";
    expect(unreasoned("A.sol", silenced)).to.have.length(1);
    expect(unreasoned("A.sol", `// The callee is this suite's own registry.\n${silenced}`)).to.deep.equal([]);
  });
});
