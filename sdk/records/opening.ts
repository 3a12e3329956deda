import type { JsonObject } from "./canonical.js";

/** Everything that opens a record: what its attachment hides. */
export interface Opening {
  /** The payload with its `$stele`. */
  readonly complete: JsonObject;
  /** What the salts of the fields derive from, 32 bytes. */
  readonly secret: Uint8Array;
  /** Salt of the subject commitment, 32 bytes; zero where the record is about nobody. */
  readonly subjectSalt: Uint8Array;
}
