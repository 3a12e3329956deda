/** `stele/rewards/verify`: proofs about awards and records about people, checked offline; runs in a browser. */
export * from "./campaign/leaf.js";
export * from "./campaign/proof.js";
export * from "./standing.js";
export { requireSigned, verifyBadge, type IssuerTrust, type VerifiedBadge } from "./credentials/verify.js";
export { verifySdJwt, type VerifiedSdJwt } from "./credentials/verify-sd-jwt.js";
export { verifyShown } from "./credentials/shown.js";
export { parseStatement, type IssuerStatement, type SignedStatement } from "./credentials/statement.js";
export * from "./personnel/verify.js";
export { parseCriteria, type Criteria } from "./feedback/criteria.js";
export { parseStandingProof, type StandingProof } from "./feedback/standing-proof.js";
export { verifyStanding, type ReadStanding } from "./feedback/verify.js";
