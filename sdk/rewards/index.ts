/** `stele/rewards`: honours that carry no money, and assessments that the person opens. */
export * from "./campaign/campaign.js";
export * from "./campaign/chain.js";
export * from "./campaign/leaf.js";
export * from "./campaign/materialise.js";
export * from "./campaign/proof.js";
export * from "./decay.js";
export * from "./standing.js";
export { checkTable, readTable, requireSound, type TableCheck } from "./table/check.js";
export {
  encodings,
  type Column,
  type Encoding,
  type Problem,
  type TableOptions,
  type TableSpec,
} from "./table/spec.js";
export { personCommitment, type Person } from "./roster/person.js";
export { Roster, type NewPerson } from "./roster/roster.js";
export { importId, type ImportTerms } from "./imports/id.js";
export { findImport, listImports, openImport, type ImportRun, type ImportSummary } from "./imports/run.js";
export { enrolPending, refreshPerson, type Enrolled, type EnrolmentPort } from "./enrolment/enrol.js";
export { planPeople, undoPlan, type Enrolling, type Planned } from "./enrolment/plan.js";
export { rosterTable, type RosterRow } from "./enrolment/table.js";
export { writeRoster } from "./enrolment/export.js";
export { badgeOf, type BadgeOptions, type StatusEntry } from "./credentials/badge.js";
export { factsOfLeaf, factsOfToken, requireStatement, type ReadFacts } from "./credentials/chain.js";
export { compareWithChain, type ChainVerdict } from "./credentials/compare.js";
export type { AwardFacts, AwardRef, IssuingMember } from "./credentials/facts.js";
export { IssuerFolder } from "./credentials/issuer.js";
export { issuerKey, signCredential, type IssuerKey } from "./credentials/keys.js";
export { publishLists } from "./credentials/publish.js";
export { issueSdJwt, presentSdJwt, type Binding, type SdJwtOptions } from "./credentials/sd-jwt.js";
export { formatStatement, signStatement } from "./credentials/statement.js";
export { readIssuerStatus, type IssuerStatus } from "./credentials/status.js";
export * from "./personnel/verify.js";
export { appendPersonnel, type PersonnelEntry } from "./personnel/append.js";
export { correctionOf, correctionOpenings, type Correction } from "./personnel/correct.js";
export { openingOf, openingsAbout } from "./personnel/deliver.js";
export { eraseRecord, toldErasure } from "./personnel/erase.js";
export { collectAwards } from "./personnel/page/collect-awards.js";
export { collectRecords } from "./personnel/page/collect.js";
export { renderPage } from "./personnel/page/html.js";
export { personFileOf } from "./personnel/page/page-file.js";
export type { PersonPage } from "./personnel/page/page.js";
export { awardTypeSchema, awardTypeTerms, readAwardType, type AwardTypeFile, type AwardTypeTerms } from "./terms.js";
export { parseCriteria, type Criteria, type Criterion } from "./feedback/criteria.js";
export { verifyStandingOnChain, type StandingOnChain } from "./feedback/desk.js";
export { feedbackChart } from "./feedback/chart.js";
export { type FeedbackEntry, type FeedbackJob } from "./feedback/history.js";
export { appendFeedback, editionToUndo, planFeedback, type FeedbackPlan } from "./feedback/import.js";
export { parsePeriod, type Period } from "./feedback/periods.js";
export { makeStandingProof } from "./feedback/prove.js";
export { ShownTables } from "./feedback/published.js";
export { feedbackRecords } from "./feedback/read.js";
export { rowsOf } from "./feedback/rows.js";
export { formatStandingProof, parseStandingProof, type StandingProof } from "./feedback/standing-proof.js";
export { tableOf, type FeedbackRow, type UnitTable } from "./feedback/unit-table.js";
export { verifyStanding, type ReadStanding } from "./feedback/verify.js";
export { accountOfProof, accountOfToken, type AwardAccount } from "./awards/account.js";
export { waitingToMove, type Waiting } from "./awards/moves.js";
export { replayPoints, type PointsReplay } from "./awards/points.js";
export { replayAwards, type AwardsReplay } from "./awards/replay.js";
export * from "./awards/signing.js";
export { readAward, tokenOf, type AwardState } from "./awards/state.js";
export { importAwards, type AwardImport, type AwardsImported } from "./granting/import.js";
export { grantSlip, isSignedByKey, parseSlip, signGrant, type GrantSlip } from "./granting/signed.js";
export { undoImport } from "./granting/undo.js";
export type { GrantingChain, GrantSigner } from "./granting/work.js";
export { decodeReason, encodeReason, reasonNames, type Reason } from "./reasons.js";
