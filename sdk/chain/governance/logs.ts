import type { Log, Provider } from "ethers";

/** Where events are read, and how wide one query may be. */
export interface LogSource {
  readonly provider: Provider;
  /** The first block that can hold any. */
  readonly fromBlock: number;
  /** Blocks that one query may span. */
  readonly range: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((block: number, head: number) => void) | undefined;
}

/**
 * Events of contracts, oldest first, asked for in bounded ranges up to the present head.
 * @param topics hashes of the events that are wanted
 * @param indexed values of their indexed arguments, in order, that have to be those; null for any
 */
export async function* logsInRanges(
  source: LogSource,
  addresses: readonly string[],
  topics: readonly string[],
  indexed: readonly (string | null)[] = [],
): AsyncGenerator<Log> {
  const head = await source.provider.getBlockNumber();
  for (let from = source.fromBlock; from <= head; from += source.range) {
    source.signal?.throwIfAborted();
    const toBlock = Math.min(head, from + source.range - 1);
    const filter = { address: [...addresses], topics: [[...topics], ...indexed], fromBlock: from, toBlock };
    yield* await source.provider.getLogs(filter);
    source.progress?.(toBlock, head);
  }
}
