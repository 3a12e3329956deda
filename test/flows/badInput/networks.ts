import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { onChain, profileAt, type Setting } from "./setting.js";
import type { Row } from "./row.js";

const ask = (network: string, manifest = "manifest.json"): readonly string[] => [
  "log",
  "status",
  "book",
  "--network",
  network,
  "--manifest",
  manifest,
];

/** A changed profile. */
function profile(name: string, change: (setting: Setting) => object, says: string | RegExp): Row {
  return {
    name,
    argv: ask("bad.json"),
    says,
    prepare: (folder, setting) =>
      writeFile(join(folder, "bad.json"), JSON.stringify({ ...profileAt(setting.url), ...change(setting) })),
  };
}

/** A changed manifest. */
// oxlint-disable-next-line typescript/no-explicit-any -- a document that is bent on purpose
function manifest(name: string, change: (manifest: Record<string, any>) => unknown, says: string | RegExp): Row {
  return {
    name,
    argv: ask("net.json", "bad.json"),
    says,
    prepare: async (folder) => {
      const document = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
      change(document);
      await writeFile(join(folder, "bad.json"), JSON.stringify(document));
    },
  };
}

/** A command that signs, so that the key is looked at. */
function key(
  name: string,
  file: string | Uint8Array,
  says: string | RegExp,
  env: Record<string, string> = {},
  code: 1 | 2 = 1,
): Row {
  const argv = ["record", "complain", `0x${"11".repeat(32)}`, "0", "--reason", "x", ...onChain, "--key", "bad.key"];
  return { name, files: { "bad.key": file }, argv, says, env, code };
}

const keystore = JSON.stringify({
  address: "008aeeda4d805471df9b2a5b0f38a0c3bcba786b",
  id: "e13b209c-3b2f-4327-bab0-3bef2e51630d",
  version: 3,
  Crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
    ciphertext: "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 2,
      r: 1,
      p: 1,
      salt: "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
    },
    mac: "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
  },
});

export const networkRows: readonly Row[] = [
  { name: "a profile that is not there", argv: ask("gone.json"), says: "there is no network profile gone.json" },
  {
    name: "a network without a profile",
    argv: ask("nowhere"),
    says: /^there is no network profile networks\/nowhere\.ts/,
  },
  {
    name: "a network's name with a path in it",
    argv: ask("../net"),
    says: /^"\.\.\/net" is neither the name of a network nor a \.json file$/,
    code: 2,
  },
  {
    name: "a torn profile",
    files: { "bad.json": '{\n"name":' },
    argv: ask("bad.json"),
    says: /bad\.json:2: is not JSON$/,
  },
  { name: "a profile that is a list", files: { "bad.json": "[]" }, argv: ask("bad.json"), says: /bad\.json: / },
  profile("an unknown field of a profile", () => ({ gasLimit: 1 }), /bad\.json: has an unknown field "gasLimit"$/),
  profile(
    "a profile without endpoints",
    () => ({ endpoints: [] }),
    /bad\.json field "endpoints": needs at least one URL$/,
  ),
  profile(
    "an endpoint that is no URL",
    () => ({ endpoints: ["localhost"] }),
    /bad\.json field "endpoints\.0": is not an http or https URL$/,
  ),
  profile(
    "an endpoint of another scheme",
    () => ({ endpoints: ["ftp://127.0.0.1"] }),
    /field "endpoints\.0": is not an http or https URL$/,
  ),
  profile(
    "an endpoint with a password",
    () => ({ endpoints: ["http://a:b@127.0.0.1"] }),
    /field "endpoints\.0": must not hold a user name/,
  ),
  profile("chain id zero", () => ({ chainId: 0 }), /bad\.json field "chainId": must be at least 1$/),
  profile("an unknown fee mode", () => ({ feeMode: "free" }), /bad\.json field "feeMode": is none of/),
  profile("another EVM", () => ({ evm: "paris" }), /bad\.json field "evm": must be "cancun"$/),
  profile("an unknown finality rule", () => ({ finality: { kind: "soon" } }), /bad\.json field "finality\.kind": /),
  profile(
    "a node that is down",
    ({ closed }) => ({ endpoints: [closed] }),
    /^network "embedded" cannot be reached at http:\/\/127\.0\.0\.1:\d+ \(connection refused\); is its node running\?$/,
  ),
  profile(
    "a server that is no node",
    ({ nonsense }) => ({ endpoints: [nonsense] }),
    /^network "embedded" cannot be reached at .* without JSON\)/,
  ),
  profile(
    "a node on another chain id",
    () => ({ chainId: "1" }),
    /^network "embedded" at .* is chain 31337, not chain 1 of its profile$/,
  ),
  {
    name: "a deployment that is missing",
    argv: ["log", "status", "book", "--network", "net.json"],
    says: /deployments\/embedded\/manifest\.json: there is no deployment here; deploy the suite first/,
  },
  {
    name: "a manifest that is missing",
    argv: ask("net.json", "gone.json"),
    says: /gone\.json: there is no deployment here/,
  },
  {
    name: "a torn manifest",
    files: { "bad.json": '{"format": 1,\n"network"' },
    argv: ask("net.json", "bad.json"),
    says: /bad\.json:2: is not JSON; move it away and run the deployment again/,
  },
  manifest("another format of the manifest", (m) => (m["format"] = 2), /bad\.json field "format": is not 1/),
  manifest(
    "an unknown field of the manifest",
    (m) => (m["owner"] = "me"),
    /bad\.json: has an unknown field "owner"; move it away/,
  ),
  manifest("a manifest without a field", (m) => delete m["suiteId"], /bad\.json field "suiteId": is missing/),
  manifest(
    "an address that is none",
    (m) => (m["contracts"].LogRegistry.address = "0x12"),
    /bad\.json field "contracts\.LogRegistry\.address": is not an address/,
  ),
  manifest(
    "a manifest of another chain",
    (m) => (m["chainId"] = "1"),
    /bad\.json field "chainId": is a deployment on chain 1, but network "embedded" is chain 31337$/,
  ),
  manifest(
    "a manifest of a chain that was thrown away",
    (m) => (m["genesis"] = `0x${"11".repeat(32)}`),
    /bad\.json field "genesis": is a deployment on a chain with genesis/,
  ),
  manifest(
    "a deployment without the registry",
    (m) => delete m["contracts"].LogRegistry,
    /has no LogRegistry; deploy that module first$/,
  ),
  manifest(
    "a registry where no contract is",
    (m) => (m["contracts"].LogRegistry.address = `0x${"11".repeat(20)}`),
    /^an address in the deployment's manifest does not answer/,
  ),
  {
    name: "a key that is not there",
    argv: ["record", "complain", `0x${"11".repeat(32)}`, "0", "--reason", "x", ...onChain, "--key", "gone"],
    says: "gone: there is no such file",
  },
  {
    name: "a folder for a key",
    argv: ["record", "complain", `0x${"11".repeat(32)}`, "0", "--reason", "x", ...onChain, "--key", "book"],
    says: "book: cannot be read: it is a folder",
  },
  key("a key that is none", "hello", "bad.key: is neither a private key nor a keystore that this password opens"),
  key(
    "a key out of range",
    `0x${"ff".repeat(32)}`,
    "bad.key: is neither a private key nor a keystore that this password opens",
  ),
  key("a key in bytes", Buffer.from([0xff, 0xfe]), "bad.key: is not UTF-8 text; convert the file first"),
  key(
    "an encrypted key without its password",
    keystore,
    "bad.key: is encrypted; put its password into STELE_PASSWORD",
    {},
    2,
  ),
  key(
    "an encrypted key with a wrong password",
    keystore,
    "bad.key: is neither a private key nor a keystore that this password opens",
    { STELE_PASSWORD: "wrong" },
  ),
  key(
    "a torn keystore",
    keystore.slice(0, 60),
    "bad.key: is neither a private key nor a keystore that this password opens",
    { STELE_PASSWORD: "x" },
  ),
];
