import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface DeployRun {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly output: string;
}

const hardhat = join(dirname(createRequire(import.meta.url).resolve("hardhat/package.json")), "dist", "src", "cli.js");

/**
 * Runs `hardhat deploy --network local` in a process of its own.
 * @param onLine sees each line as it comes, and may kill the process
 */
export async function hardhatDeploy(
  options: { url: string; deployments: string; tags?: string; env?: Record<string, string> },
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<DeployRun> {
  const tags = options.tags === undefined ? [] : ["--tags", options.tags];
  const env = { STELE_LOCAL_PORT: new URL(options.url).port, STELE_DEPLOYMENTS: options.deployments, ...options.env };
  const child = spawn(process.execPath, [hardhat, "deploy", "--network", "local", "--skip-prompts", ...tags], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let rest = "";
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line, child);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve(exitCode));
  });
  return { code, output };
}
