import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { SteleError } from "../../../sdk/common/errors.js";
import { ed25519Signer, ed25519Verifier } from "../../../sdk/proof/ed25519.js";
import { formatNote, openNote, parseNote, signNote } from "../../../sdk/proof/note.js";
import { needVectors } from "../../support/vectors.js";

interface Vectors {
  vkeys: { valid: string[]; invalid: string[] };
  signer: { text: string; signed: string };
  open: {
    name: string;
    note?: string;
    noteB64?: string;
    keys: string[];
    wantVerified?: number;
    wantUnverified?: number;
    wantErr?: string;
  }[];
}

function load(test: Mocha.Context): Vectors {
  const folder = needVectors(test, "tlog/signed-note");
  return JSON.parse(readFileSync(join(folder, "note-vectors.json"), "utf8")) as Vectors;
}

const secret = (fill: number) => new Uint8Array(32).fill(fill);

describe("signed notes", () => {
  it("[P2] opens the vectors' notes, or refuses them, as the vectors say", function () {
    const { open } = load(this);
    let accepted = 0;
    for (const vector of open) {
      const note = vector.note ?? new Uint8Array(Buffer.from(vector.noteB64!, "base64"));
      const work = () => openNote(note, vector.keys.map(ed25519Verifier));
      if (vector.wantErr !== undefined) {
        expect(work, vector.name).to.throw(SteleError);
        continue;
      }
      const opened = work();
      expect(opened.verified.length, vector.name).to.equal(vector.wantVerified);
      expect(opened.unverified.length, vector.name).to.equal(vector.wantUnverified);
      accepted++;
    }
    expect([accepted, open.length - accepted]).to.deep.equal([4, 11]);
  });

  it("reads the vectors' good keys and no bad one, no part of one, none with a byte raised", function () {
    const { valid, invalid } = load(this).vkeys;
    expect([valid.length, invalid.length]).to.deep.equal([3, 2]);
    for (const key of valid) ed25519Verifier(key);
    for (const key of invalid) expect(() => ed25519Verifier(key)).to.throw(SteleError);
    const key = valid[0]!;
    for (let start = 0; start < key.length; start++) {
      for (let end = start; end <= key.length; end++) {
        if (end - start < key.length) expect(() => ed25519Verifier(key.slice(start, end))).to.throw(SteleError);
      }
      const raised = key.slice(0, start) + String.fromCharCode(key.charCodeAt(start) + 1) + key.slice(start + 1);
      expect(() => ed25519Verifier(raised), raised).to.throw(SteleError);
    }
  });

  it("writes back what it read", function () {
    const { signed } = load(this).signer;
    expect(formatNote(parseNote(signed))).to.equal(signed);
  });

  it("signs any text so that its verifier key opens it and no changed text", async () => {
    const signer = ed25519Signer("example.org/log", secret(7));
    const verifier = ed25519Verifier(signer.verifierKey);
    const line = fc
      .string({ unit: "grapheme" })
      .filter((text) => [...text].every((char) => char >= " ") && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 5 }), async (lines) => {
        const text = `${lines.join("\n")}\n`;
        const note = await signNote(text, [signer]);
        expect(openNote(note, [verifier]).text).to.equal(text);
        expect(() => openNote(`x${note}`, [verifier])).to.throw("is wrong");
      }),
    );
  });

  it("[P2] ignores the signatures of keys it does not know, whatever they hold", async () => {
    const known = ed25519Signer("a", secret(1));
    const note = await signNote("text\n", [known, ed25519Signer("b", secret(2))]);
    const spoiled = note.replace(
      /(— b .{20})./,
      (_, start: string) => `${start}${note.includes(`${start}A`) ? "B" : "A"}`,
    );
    const opened = openNote(spoiled, [ed25519Verifier(known.verifierKey)]);
    expect(opened.verified.map(({ name }) => name)).to.deep.equal(["a"]);
    expect(opened.unverified.map(({ name }) => name)).to.deep.equal(["b"]);
  });

  it("does not write a note that it could not read", async () => {
    const signer = ed25519Signer("a", secret(1));
    for (const text of ["no newline", "tab\there\n", "lone \ud800\n", "\u0000\n"]) {
      await signNote(text, [signer]).then(
        () => expect.fail(JSON.stringify(text)),
        (error: unknown) => expect(error).to.be.instanceOf(SteleError),
      );
    }
    for (const name of ["", "a b", "a+b", "a\u0085b", "a\u3000"]) {
      expect(() => ed25519Signer(name, secret(1)), JSON.stringify(name)).to.throw("cannot be a key's name");
    }
  });
});
