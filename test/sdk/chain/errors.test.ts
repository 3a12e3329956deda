import { expect } from "chai";
import { encodeBytes32String, Interface } from "ethers";

import { advice } from "../../../sdk/chain/advice.js";
import { decodeRevert, describeRevert, isRevert, RevertError } from "../../../sdk/chain/errors.js";
import { RpcError } from "../../../sdk/chain/transport.js";
import { SteleError } from "../../../sdk/common/errors.js";
import type { Hex } from "../../../sdk/common/bytes.js";
import {
  AccessManager__factory,
  factories,
  IMembers__factory,
  IRecordDesk__factory,
} from "../../../typechain-types/index.js";

const desk = IRecordDesk__factory.createInterface();
const tooLate = desk.encodeErrorResult("RecordDeskTooLate", [`0x${"ab".repeat(32)}`, 90n, 60n]) as Hex;
const sentence = `the chain refused the appeal: RecordDeskTooLate (recordId 0x${"ab".repeat(32)}, elapsed 90, period 60)`;

describe("decodeRevert", function () {
  for (const [engine, error] of [
    ["ethers", { code: "CALL_EXCEPTION", data: tooLate }],
    ["ethers with a node's error inside", { code: "X", info: { error: { code: 3, data: tooLate } } }],
    ["geth, Besu and anvil", new RpcError("eth_call", 3, "execution reverted", tooLate)],
    ["Hardhat", new RpcError("eth_call", -32603, "reverted", { data: tooLate, message: "reverted" })],
    ["Parity's way", new RpcError("eth_call", -32015, "VM execution error.", `Reverted ${tooLate}`)],
  ] as const) {
    it(`reads the suite's own error as ${engine} gives it`, function () {
      const decoded = decodeRevert(error, "the appeal");
      expect(decoded.message).to.equal(sentence);
      expect(decoded.code).to.equal("refused");
      expect(isRevert(decoded, "RecordDeskTooLate")).to.equal(true);
      expect((decoded as RevertError).revert.args).to.include({ elapsed: 90n, period: 60n });
    });
  }

  it("knows every error of every contract, and OpenZeppelin's", function () {
    let known = 0;
    const visit = (node: unknown): void => {
      if ((typeof node !== "object" && typeof node !== "function") || node === null) return;
      const { abi } = node as { abi?: readonly { type: string; name?: string; inputs?: unknown[] }[] };
      if (abi === undefined) return Object.values(node).forEach(visit);
      const all = new Interface(abi as never);
      all.forEachError((fragment) => {
        const values = fragment.inputs.map(({ type }) => samples[type] ?? samples[type.replace(/\d+$/, "")]);
        if (values.includes(undefined)) return;
        const data = all.encodeErrorResult(fragment, values) as Hex;
        expect(describeRevert(data).revert.name, fragment.format()).to.equal(fragment.name);
        known++;
      });
    };
    visit(factories);
    expect(known).to.be.greaterThan(100);
    const manager = AccessManager__factory.createInterface();
    const data = manager.encodeErrorResult("AccessManagerUnauthorizedAccount", [`0x${"00".repeat(20)}`, 1n]);
    expect(describeRevert(data as Hex).message).to.include("AccessManagerUnauthorizedAccount (msgsender 0x000");
  });

  it("says what to do about a refusal that people meet, and names capabilities", function () {
    const members = IMembers__factory.createInterface();
    const data = members.encodeErrorResult("MembersMissingCapability", [`0x${"00".repeat(20)}`, 1n << 32n]);
    expect(describeRevert(data as Hex).message).to.match(/capability AWARDER\); .* `stele member delegate`$/);
  });

  it("has advice for errors of the suite alone", function () {
    const names = new Set<string>();
    const visit = (node: unknown): void => {
      if ((typeof node !== "object" && typeof node !== "function") || node === null) return;
      const { abi } = node as { abi?: unknown };
      if (abi === undefined) return Object.values(node).forEach(visit);
      new Interface(abi as never).forEachError(({ name }) => void names.add(name));
    };
    visit(factories);
    for (const name of Object.keys(advice)) expect(names.has(name), name).to.equal(true);
  });

  it("reads Error(string), Panic, text in a bytes32, and refusals without a reason", function () {
    const plain = new Interface(["error Error(string)", "error Panic(uint256)"]);
    const say = (data: string) => describeRevert(data as Hex, "it").message;
    expect(say(plain.encodeErrorResult("Error", ["not today"]))).to.equal("the chain refused it: not today");
    expect(say(plain.encodeErrorResult("Panic", [0x12]))).to.equal(
      "the chain refused it: a division by zero (Panic 0x12)",
    );
    expect(say(desk.encodeErrorResult("RecordDeskNotSubject", [encodeBytes32String("abc")]))).to.include('"abc"');
    expect(say("0x")).to.equal("the chain refused it without a reason");
    expect(say("0xdeadbeef")).to.include("bytes that no contract of the suite uses: 0xdeadbeef");
  });

  it("tells a node's own trouble from a contract's refusal", function () {
    const trouble = decodeRevert(new RpcError("eth_call", -32000, "header not found", undefined), "it");
    expect(trouble).not.to.be.instanceOf(RevertError);
    expect(trouble.code).to.equal("network");
    expect(trouble.message).to.equal("the node did not carry out it: header not found");
    const known = new SteleError("network", "down");
    expect(decodeRevert(known)).to.equal(known);
  });
});

const samples: Readonly<Record<string, unknown>> = {
  uint: 1n,
  int: 1n,
  bool: true,
  string: "text",
  address: `0x${"00".repeat(20)}`,
  bytes32: `0x${"11".repeat(32)}`,
  bytes4: "0x11111111",
  bytes: "0x11",
};
