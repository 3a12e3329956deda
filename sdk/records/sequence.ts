import { toHex } from "../common/bytes.js";
import type { RecordHeader } from "./header.js";

/** What is wrong with the sequence of a source; each is evidence against whoever keeps the log. */
export interface SequenceFault {
  /**
   * `jump`: numbers are missing before this one. `repetition`: the number was there before. `late`: the number was
   * missing, and comes out of order.
   */
  readonly kind: "jump" | "repetition" | "late";
  readonly logId: Uint8Array;
  readonly source: Uint8Array;
  /** The number found. */
  readonly sequence: bigint;
  /** The number that would have been right. */
  readonly expected: bigint;
}

/** Numbers missing, from the first up to before the last. */
interface Gap {
  from: bigint;
  to: bigint;
}

/** How far the check of one source has come, for whoever keeps it between two runs. */
export interface SequenceTrack {
  readonly logId: Uint8Array;
  readonly source: Uint8Array;
  readonly next: bigint;
  readonly gaps: readonly { readonly from: bigint; readonly to: bigint }[];
}

interface Track {
  readonly logId: Uint8Array;
  readonly source: Uint8Array;
  next: bigint;
  gaps: Gap[];
}

/**
 * Checks that each source of each log counts 0, 1, 2, … without a gap and without a repetition. Reads a stream of
 * headers in the order of the log; its memory grows with sources and open gaps, not with records.
 */
export class SequenceChecker {
  readonly #tracks = new Map<string, Track>();

  /** @param tracks of a former checker, which this one goes on from */
  constructor(tracks: Iterable<SequenceTrack> = []) {
    for (const { logId, source, next, gaps } of tracks) {
      const track = { logId, source, next, gaps: gaps.map((gap) => ({ ...gap })) };
      this.#tracks.set(keyOf(logId, source), track);
    }
  }

  /** How far it has come in every source. */
  tracks(): SequenceTrack[] {
    return [...this.#tracks.values()].map((track) => ({ ...track, gaps: track.gaps.map((gap) => ({ ...gap })) }));
  }

  /** Takes the next header of the log. */
  check({ logId, source, sequence }: Pick<RecordHeader, "logId" | "source" | "sequence">): SequenceFault | undefined {
    const track = this.#track(logId, source);
    const expected = track.next;
    if (sequence === expected) {
      track.next += 1n;
      return undefined;
    }
    const fault = { logId: track.logId, source: track.source, sequence, expected };
    if (sequence > expected) {
      track.gaps.push({ from: expected, to: sequence });
      track.next = sequence + 1n;
      return { kind: "jump", ...fault };
    }
    return { kind: fill(track, sequence) ? "late" : "repetition", ...fault };
  }

  /** The number that a source should use next. */
  next(logId: Uint8Array, source: Uint8Array): bigint {
    return this.#tracks.get(keyOf(logId, source))?.next ?? 0n;
  }

  /** Numbers still missing, as ranges whose end does not belong to them. */
  *missing(): Generator<{ logId: Uint8Array; source: Uint8Array; from: bigint; to: bigint }> {
    for (const { logId, source, gaps } of this.#tracks.values()) {
      for (const { from, to } of gaps) yield { logId, source, from, to };
    }
  }

  #track(logId: Uint8Array, source: Uint8Array): Track {
    const key = keyOf(logId, source);
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const track = { logId: logId.slice(), source: source.slice(), next: 0n, gaps: [] };
    this.#tracks.set(key, track);
    return track;
  }
}

/** Every fault of a stream of headers. */
export async function* sequenceFaults(
  headers: Iterable<RecordHeader> | AsyncIterable<RecordHeader>,
): AsyncGenerator<SequenceFault> {
  const checker = new SequenceChecker();
  for await (const header of headers) {
    const fault = checker.check(header);
    if (fault !== undefined) yield fault;
  }
}

/** Takes a number out of the gaps; false where it is in none. */
function fill(track: Track, sequence: bigint): boolean {
  const at = track.gaps.findIndex(({ from, to }) => from <= sequence && sequence < to);
  const gap = track.gaps[at];
  if (gap === undefined) return false;
  const parts = [
    { from: gap.from, to: sequence },
    { from: sequence + 1n, to: gap.to },
  ];
  track.gaps.splice(at, 1, ...parts.filter(({ from, to }) => from < to));
  return true;
}

function keyOf(logId: Uint8Array, source: Uint8Array): string {
  return toHex(logId) + toHex(source);
}
