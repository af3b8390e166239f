/** Whether a change to documents may pass: pure, from one look at the leases. */
import type { DocumentId } from '../documents/document.ts';
import type { ErrorCode } from '../errors.ts';
import type { View } from './view.ts';

export interface ChangedDocument extends DocumentId {
  /** The changed files, relative to the repository root; none when named by hand. */
  paths: string[];
  /** Ids of the commits that changed them, newest first; none where there is no commit yet. */
  commits: string[];
  /** The document did not exist before, under any name. */
  created: boolean;
}

export interface Verdict extends ChangedDocument {
  verdict: 'pass' | ErrorCode;
  view: View;
}

export interface GateQuestion {
  agent: string;
  /** Seconds since 1970. */
  now: number;
  /** Who may create a document; `[gate] create`. */
  create: 'any' | 'own' | 'off';
  view: (document: DocumentId) => View;
  /** Whether the agent holds any unexpired lease at all; asked for created documents only. */
  holdsAny: () => boolean;
}

export function judgeDocuments(
  documents: readonly ChangedDocument[],
  question: GateQuestion,
): Verdict[] {
  return documents.map((document) => {
    const view = question.view(document);
    return { ...document, view, verdict: judge(document, view, question) };
  });
}

function judge(document: ChangedDocument, view: View, question: GateQuestion): Verdict['verdict'] {
  if (document.created && question.create === 'off') return 'pass';
  if (view.state === 'malformed') return 'MALFORMED_LEASE';
  if (view.state === 'held') {
    if (view.lease.agent !== question.agent) return 'HELD_BY_OTHER';
    return isLive(view, question.now) ? 'pass' : 'LEASE_EXPIRED';
  }
  if (document.created && question.create === 'any' && question.holdsAny()) return 'pass';
  return 'NOT_CLAIMED';
}

/** A lease holds through the second in which it expires. */
export function isLive(view: View, now: number): boolean {
  return view.state === 'held' && now <= view.lease.expires;
}
