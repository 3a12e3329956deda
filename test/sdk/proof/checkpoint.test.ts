import { expect } from "chai";
import { keccak256, toUtf8Bytes, TypedDataEncoder, Wallet } from "ethers";

import { developmentWallet } from "../../../sdk/chain/development.js";
import { equal, fromHex, toHex, utf8 } from "../../../sdk/common/bytes.js";
import { SteleError } from "../../../sdk/common/errors.js";
import { sha256 } from "../../../sdk/common/sha256.js";
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  readSuiteOrigin,
  signCheckpointNote,
  suiteOrigin,
} from "../../../sdk/proof/checkpoint.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import {
  eip712NoteSigner,
  eip712NoteVerifier,
  recoverCosignature,
  recoverHolding,
  signCosignature,
  signHolding,
  types,
} from "../../../sdk/proof/eip712.js";
import { parseNote } from "../../../sdk/proof/note.js";

const root = sha256(utf8("root"));
const logId = toHex(sha256(utf8("log")));
const registry = { chainId: 31337n, address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
const origin = suiteOrigin(registry.chainId, logId);
const checkpoint = { origin, size: 7n, root, extensions: [] };
const wallet = developmentWallet(0);

describe("checkpoints", () => {
  it("keep extension lines as they are", () => {
    const text = formatCheckpoint({ ...checkpoint, extensions: ["one", "  two 2"] });
    expect(parseCheckpoint(text).extensions).to.deep.equal(["one", "  two 2"]);
    expect(formatCheckpoint(parseCheckpoint(text))).to.equal(text);
  });

  it("are refused where a line is missing, empty, or not what it should be", () => {
    const base64 = formatCheckpoint(checkpoint).split("\n")[2]!;
    const wrong: Record<string, string> = {
      [`${origin}\n7\n`]: "less than three lines",
      [`\n7\n${base64}\n`]: "an empty line",
      [`${origin}\n07\n${base64}\n`]: "no tree size",
      [`${origin}\n+7\n${base64}\n`]: "no tree size",
      [`${origin}\n18446744073709551616\n${base64}\n`]: "no tree size",
      [`${origin}\n7\n${base64.slice(4)}\n`]: "not 32 bytes",
      [`${origin}\n7\n${base64.slice(1)}\n`]: "not base64",
      [`${origin}\n7\n${base64}`]: "does not end with a newline",
      [`${origin}\n7\n${base64}\n\n`]: "an empty line",
    };
    for (const [text, reason] of Object.entries(wrong)) {
      expect(() => parseCheckpoint(text), JSON.stringify(text)).to.throw(reason);
    }
    expect(parseCheckpoint(`${origin}\n18446744073709551615\n${base64}\n`).size).to.equal(2n ** 64n - 1n);
  });

  it("of another log are refused, whoever signed them", async () => {
    const signer = ed25519Signer(origin, new Uint8Array(32).fill(3));
    const note = await signCheckpointNote({ ...checkpoint, origin: "other" }, [signer]);
    expect(() => openCheckpoint(note, origin, [ed25519Verifier(signer.verifierKey)])).to.throw("is of other, not of");
  });

  it("name the chain and the log of a suite in their origin", () => {
    expect(readSuiteOrigin(origin)).to.deep.equal({ chainId: 31337n, logId });
    for (const other of ["example.com/log", `${origin}0`, origin.toUpperCase(), `stele/01/${logId.slice(2)}`]) {
      expect(readSuiteOrigin(other)).to.equal(undefined);
    }
  });
});

describe("the EIP-712 line of a checkpoint", () => {
  const key = { registry, logId, address: wallet.address };

  it("stands beside the Ed25519 line, and each key opens the note", async () => {
    const first = ed25519Signer(origin, new Uint8Array(32).fill(3));
    const note = await signCheckpointNote(checkpoint, [first, await eip712NoteSigner(wallet, key, 2)]);
    expect(openCheckpoint(note, origin, [ed25519Verifier(first.verifierKey)]).size).to.equal(7n);
    expect(openCheckpoint(note, origin, [eip712NoteVerifier(key)]).size).to.equal(7n);
    expect(openCheckpoint(note, origin, [eip712NoteVerifier(key, 2)]).note.unverified.length).to.equal(1);
  });

  it("is the key epoch and 65 bytes under the key id that the record says", async () => {
    const note = await signCheckpointNote(checkpoint, [await eip712NoteSigner(wallet, key, 258)]);
    const [line] = parseNote(note).signatures;
    expect(line!.signature.length).to.equal(67);
    expect([...line!.signature.subarray(0, 2)]).to.deep.equal([1, 2]);
    const named = Buffer.concat([
      Buffer.from(`${origin}\n`),
      Buffer.of(0xff),
      Buffer.from("stele/eip712-checkpoint/v1"),
      fromHex(wallet.address),
    ]);
    expect(line!.keyId).to.equal(Buffer.from(sha256(named)).readUInt32BE());
  });

  it("[P3] is refused under another epoch, registry, chain, log or address", async () => {
    const note = await signCheckpointNote(checkpoint, [await eip712NoteSigner(wallet, key, 0)]);
    const other = Wallet.createRandom().address;
    expect(() => openCheckpoint(note, origin, [eip712NoteVerifier(key, 1)])).to.throw("is wrong");
    const elsewhere = { ...key, registry: { ...registry, address: other } };
    expect(() => openCheckpoint(note, origin, [eip712NoteVerifier(elsewhere)])).to.throw("is wrong");
    for (const wrong of [
      { ...key, address: other },
      { ...key, registry: { ...registry, chainId: 1n } },
      { ...key, logId: toHex(root) },
    ]) {
      expect(() => openCheckpoint(note, origin, [eip712NoteVerifier(wrong)])).to.throw("no known key signed");
    }
  });

  it("[P3] does not vouch for extension lines, since it does not sign them", async () => {
    const signer = await eip712NoteSigner(wallet, key, 0);
    const extended = { ...checkpoint, extensions: ["more"] };
    const refused = await signCheckpointNote(extended, [signer]).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SteleError);
    const note = await signCheckpointNote(checkpoint, [signer]);
    const spoiled = note.replace("=\n\n", "=\nmore\n\n");
    expect(parseNote(spoiled).text).to.equal(formatCheckpoint(extended));
    expect(() => openCheckpoint(spoiled, origin, [eip712NoteVerifier(key)])).to.throw("is wrong");
  });
});

describe("typed statements", () => {
  it("have the types of ILogRegistry, word for word", () => {
    const expected = {
      Checkpoint: "Checkpoint(bytes32 logId,uint16 keyEpoch,uint64 size,bytes32 root)",
      Cosignature: "Cosignature(bytes32 logId,uint64 size,bytes32 root,uint40 time)",
      Holding: "Holding(bytes32 logId,uint64 size,bytes32 root,uint40 time)",
    } as const;
    for (const [name, text] of Object.entries(expected)) {
      const encoder = TypedDataEncoder.from({ [name]: [...types[name as keyof typeof types]] });
      expect(encoder.encodeType(name)).to.equal(text);
      expect(keccak256(toUtf8Bytes(encoder.encodeType(name)))).to.equal(keccak256(toUtf8Bytes(text)));
    }
  });

  it("recover to their signer, and a cosignature is no holding", async () => {
    const statement = { logId, size: 7n, root, time: 1_800_000_000n };
    const cosignature = await signCosignature(wallet, registry, statement);
    const holding = await signHolding(wallet, registry, statement);
    expect(recoverCosignature(registry, statement, cosignature)).to.equal(wallet.address);
    expect(recoverHolding(registry, statement, holding)).to.equal(wallet.address);
    expect(recoverHolding(registry, statement, cosignature)).to.not.equal(wallet.address);
    expect(recoverCosignature(registry, { ...statement, size: 8n }, cosignature)).to.not.equal(wallet.address);
    expect(recoverCosignature(registry, statement, "0x1234")).to.equal(undefined);
    expect(equal(root, statement.root)).to.equal(true);
  });
});
