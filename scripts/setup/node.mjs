/** Which Node runs the project, and how. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export const windows = process.platform === "win32";

/** An error whose message is all that the user needs. */
export class SetupError extends Error {}

/** @param {string} sentence */
export const say = (sentence) => console.error(`setup: ${sentence}`);

/** @param {string} text */
export const majorOf = (text) => Number.parseInt(text, 10);

/** The project's own Node (npm package `node`), null where it is not installed. @param {string} root */
export function ownNode(root) {
  const path = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");
  return existsSync(path) ? path : null;
}

/**
 * The Node that runs the project: its own one, or the user's where that is new enough.
 * @param {string} root
 * @param {string} [userVersion]
 * @returns {string | null}
 */
export function nodeFor(root, userVersion = process.versions.node) {
  return ownNode(root) ?? (majorOf(userVersion) >= 22 ? process.execPath : null);
}

/**
 * How a target runs under the project's Node: program, arguments, environment.
 * @param {string} root
 * @param {string} target a .ts file below the root, or a program of node_modules/.bin
 * @param {readonly string[]} args
 */
export function command(root, target, args) {
  const node = nodeFor(root);
  if (node === null) throw new SetupError("There is no Node 22 or later to run this with.");
  const bin = join(root, "node_modules", ".bin");
  const path = [dirname(node), bin, process.env["PATH"] ?? ""].join(delimiter);
  const quiet = "--disable-warning=ExperimentalWarning";
  const inherited = process.env["NODE_OPTIONS"] ?? "";
  const env = {
    ...process.env,
    PATH: path,
    NODE_OPTIONS: inherited.includes(quiet) ? inherited : `${inherited} ${quiet}`,
  };
  if (target.endsWith(".ts")) return { program: node, args: ["--import", "tsx", target, ...args], env };
  const program = join(bin, windows ? `${target}.cmd` : target);
  if (!existsSync(program)) throw new SetupError(`There is no program ${target} in node_modules.`);
  return { program, args: [...args], env };
}
