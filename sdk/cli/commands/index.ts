import type { Command } from "../command.js";
import { accountCancel, accountPending } from "./account/pending.js";
import { auditCollect } from "./audit/collect.js";
import { auditDerive } from "./audit/derive.js";
import { auditErase } from "./audit/erase.js";
import { auditEvents } from "./audit/events.js";
import { auditRead } from "./audit/read.js";
import { authorityExecute } from "./authority/execute.js";
import { authorityHalt, authorityResume } from "./authority/halt.js";
import { authorityOutageDeclare, authorityOutageEnd } from "./authority/outage.js";
import { authorityShow } from "./authority/show.js";
import { awardExport } from "./award/export.js";
import { awardIssuer } from "./award/issuer.js";
import { awardStatusList } from "./award/status-list.js";
import { awardVerify } from "./award/verify.js";
import { awardGrant } from "./award/grant.js";
import { awardImport, awardUndo } from "./award/import.js";
import { awardMigrate } from "./award/migrate.js";
import { awardPointsOpen } from "./award/points.js";
import { awardReinstate, awardRevoke } from "./award/revoke.js";
import { awardShow } from "./award/show.js";
import { awardTypePublish } from "./award/type/publish.js";
import { awardTypeRetire } from "./award/type/retire.js";
import { awardTypeShow } from "./award/type/show.js";
import { campaignMaterialise } from "./campaign/materialise.js";
import { campaignOpen } from "./campaign/open.js";
import { campaignProve } from "./campaign/prove.js";
import { campaignShow } from "./campaign/show.js";
import { datasetAnswer } from "./dataset/answer.js";
import { datasetChallenge } from "./dataset/challenge.js";
import { datasetMirror } from "./dataset/mirror.js";
import { datasetRegister } from "./dataset/register.js";
import { datasetRestore } from "./dataset/restore.js";
import { datasetServe } from "./dataset/serve.js";
import { datasetShow } from "./dataset/show.js";
import { deploymentRebuild } from "./deployment/rebuild.js";
import { engagementClose } from "./engagement/close.js";
import { engagementOpen } from "./engagement/open.js";
import { engagementShow } from "./engagement/show.js";
import { engagementStaff } from "./engagement/staff.js";
import { feedbackImport } from "./feedback/import.js";
import { feedbackShow } from "./feedback/show.js";
import { logAnchor } from "./log/anchor.js";
import { logAppend } from "./log/append.js";
import { logOpen } from "./log/open.js";
import { logProve } from "./log/prove.js";
import { logServe } from "./log/serve.js";
import { logStatus } from "./log/status.js";
import { logWitness } from "./log/witness.js";
import { memberAccept } from "./member/accept.js";
import { memberDelegate } from "./member/delegate.js";
import { memberEnrol } from "./member/enrol.js";
import { memberShow } from "./member/show.js";
import { memberReinstate, memberSuspend } from "./member/suspend.js";
import { monitorRun } from "./monitor/run.js";
import { personKeys } from "./person/keys.js";
import { personOpen } from "./person/open.js";
import { personPage } from "./person/page.js";
import { personRecord } from "./person/record.js";
import { personClaim } from "./person/claim.js";
import {
  personRecoverClose,
  personRecoverComplete,
  personRecoverDecide,
  personRecoverPropose,
  personRecoverSecond,
  personRecoverVeto,
  personRecoverWithdraw,
} from "./person/recover.js";
import { policyPublish } from "./policy/publish.js";
import { policyShow } from "./policy/show.js";
import { proofVerify } from "./proof/verify.js";
import { recordAcknowledge } from "./record/acknowledge.js";
import { recordAnswer } from "./record/answer.js";
import { recordAppeal } from "./record/appeal.js";
import { recordComplain } from "./record/complain.js";
import { recordCorrect } from "./record/correct.js";
import { recordDispute } from "./record/dispute.js";
import { recordErase } from "./record/erase.js";
import { recordAttest, recordLapse, recordRule } from "./record/rule.js";
import { recordShow } from "./record/show.js";
import { recordWithdraw } from "./record/withdraw.js";
import { rosterImport } from "./roster/import.js";
import { rosterExport, rosterRefresh, rosterRemove, rosterShow, rosterUndo } from "./roster/show.js";
import { subjectConsent } from "./subject/consent.js";
import { subjectClaim, subjectEnrol, subjectId } from "./subject/enrol.js";
import {
  subjectRecoverClose,
  subjectRecoverComplete,
  subjectRecoverDecide,
  subjectRecoverPropose,
  subjectRecoverSecond,
  subjectRecoverVeto,
  subjectRecoverWithdraw,
} from "./subject/recover.js";
import { subjectShow } from "./subject/show.js";

/** Every command of the suite, in the order in which help lists them. */
export const commands: readonly Command[] = [
  logOpen,
  logAppend,
  logAnchor,
  logProve,
  logServe,
  logStatus,
  logWitness,
  recordShow,
  recordAcknowledge,
  recordAttest,
  recordDispute,
  recordAnswer,
  recordAppeal,
  recordRule,
  recordCorrect,
  recordWithdraw,
  recordErase,
  recordComplain,
  recordLapse,
  personKeys,
  personPage,
  personOpen,
  personRecord,
  personClaim,
  personRecoverPropose,
  personRecoverSecond,
  personRecoverVeto,
  personRecoverDecide,
  personRecoverComplete,
  personRecoverWithdraw,
  personRecoverClose,
  awardImport,
  awardUndo,
  awardGrant,
  awardRevoke,
  awardReinstate,
  awardShow,
  awardMigrate,
  rosterImport,
  rosterShow,
  rosterExport,
  rosterUndo,
  rosterRemove,
  rosterRefresh,
  proofVerify,
  engagementOpen,
  engagementStaff,
  engagementClose,
  engagementShow,
  auditCollect,
  auditRead,
  auditDerive,
  auditErase,
  auditEvents,
  datasetRegister,
  datasetMirror,
  datasetServe,
  datasetRestore,
  datasetChallenge,
  datasetAnswer,
  datasetShow,
  feedbackImport,
  feedbackShow,
  awardIssuer,
  awardExport,
  awardStatusList,
  awardVerify,
  awardTypePublish,
  awardTypeShow,
  awardTypeRetire,
  awardPointsOpen,
  campaignOpen,
  campaignProve,
  campaignMaterialise,
  campaignShow,
  monitorRun,
  authorityShow,
  authorityHalt,
  authorityResume,
  authorityExecute,
  authorityOutageDeclare,
  authorityOutageEnd,
  deploymentRebuild,
  accountPending,
  accountCancel,
  memberShow,
  memberEnrol,
  memberAccept,
  memberDelegate,
  memberSuspend,
  memberReinstate,
  policyShow,
  policyPublish,
  subjectShow,
  subjectId,
  subjectConsent,
  subjectEnrol,
  subjectClaim,
  subjectRecoverPropose,
  subjectRecoverSecond,
  subjectRecoverVeto,
  subjectRecoverDecide,
  subjectRecoverComplete,
  subjectRecoverWithdraw,
  subjectRecoverClose,
];
