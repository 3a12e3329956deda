import { once } from "node:events";

import type { Served, ServeOptions } from "../log/serve.js";
import type { Context } from "./context.js";
import { number, text, value } from "./fields.js";

/** Where a command listens. */
export const listening = {
  port: value(number.refine((port) => port < 65_536, "is no port").default(0), "PORT", "port (default: any free one)"),
  host: value(text.default("127.0.0.1"), "ADDRESS", "address to listen on (default: 127.0.0.1)"),
};

/** Serves until the command is interrupted. @param say the result, for machines and for people */
export async function serveUntilInterrupted<T extends Served>(
  serve: (options: ServeOptions) => Promise<T>,
  { port, host }: { readonly port: number; readonly host: string },
  context: Context,
  say: (url: string, served: T) => [value: Readonly<Record<string, unknown>>, text: string],
): Promise<void> {
  const served = await serve({ host, port });
  try {
    const [value, text] = say(served.url, served);
    context.print({ url: served.url, ...value }, () => `${text}; stop with Ctrl-C.`);
    if (!context.signal.aborted) await once(context.signal, "abort");
  } finally {
    await served.close();
  }
}
