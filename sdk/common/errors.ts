/** Where in the user's input something is wrong. Lines count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
}

/** What kind of refusal a {@link SteleError} is; stable, for programs. */
export type SteleErrorCode =
  | "usage" // the command line or a call's arguments
  | "input" // the content of a file, stream or document
  | "missing" // a file, folder, deployment, log or key that is not there
  | "refused" // a rule of the suite, on chain or off, says no
  | "network" // a node that cannot be reached, or is not the one expected
  | "corrupt" // stored data that contradicts itself
  | "busy" // another process holds what this one needs
  | "storage" // a disk that is full, read-only or failing
  | "unproven"; // a proof that does not verify

/**
 * The one error of the SDK. `message` is one sentence that says what is wrong and, where it helps, what to do; it
 * already names the place, so printing it is enough.
 */
export class SteleError extends Error {
  override readonly name = "SteleError";
  readonly code: SteleErrorCode;
  readonly place: Place;
  /** The message without the place. */
  readonly sentence: string;
  /** Further findings of the same kind, one sentence each, at most a page; a command prints them below the message. */
  readonly details: readonly string[];

  constructor(
    code: SteleErrorCode,
    sentence: string,
    options: { place?: Place; cause?: unknown; details?: readonly string[] } = {},
  ) {
    const place = options.place ?? {};
    super(prefix(place) + sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = place;
    this.sentence = sentence;
    this.details = options.details ?? [];
  }

  /** The same error, said of a more exact place. */
  at(place: Place): SteleError {
    return new SteleError(this.code, this.sentence, {
      place: { ...place, ...this.place },
      cause: this.cause,
      details: this.details,
    });
  }
}

function prefix(place: Place): string {
  const file = place.file ?? "";
  const line = place.line === undefined ? "" : file === "" ? `line ${place.line}` : `:${place.line}`;
  const field = place.field === undefined ? "" : ` field "${place.field}"`;
  const where = `${file}${line}${field}`.trim();
  return where === "" ? "" : `${where}: `;
}

/** The sentence of anything thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
