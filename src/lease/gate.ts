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
  /** Who may have changed it: one of them has to hold it. Absent: whoever asks. */
  agents?: readonly string[];
  /** Another name of it, under which somebody holds it: another branch has renamed its type. */
  heldAs?: HeldAs;
}

export interface HeldAs {
  name: DocumentId;
  view: Exclude<View, { state: 'absent' }>;
  isOthers: boolean;
}

/** Under which of its other names a document is held: by others, or else by whoever asks. */
export function heldAs(
  names: readonly DocumentId[],
  isMine: (agent: string) => boolean,
  viewOf: (name: DocumentId) => View,
): HeldAs | undefined {
  const held = names.flatMap((name) => {
    const view = viewOf(name);
    if (view.state === 'absent') return [];
    return [{ name, view, isOthers: view.state !== 'held' || !isMine(view.lease.agent) }];
  });
  return held.find(({ isOthers }) => isOthers) ?? held[0];
}

export interface Verdict extends ChangedDocument {
  verdict: 'pass' | ErrorCode;
  view: View;
}

export interface GateQuestion {
  /** Who asks; undefined where every document names its agents. */
  agent: string | undefined;
  /** Seconds since 1970. */
  now: number;
  /** Who may create a document; `[gate] create`. */
  create: 'any' | 'own' | 'off';
  view: (document: DocumentId) => View;
  /** Whether one of them holds any unexpired lease at all; asked for created documents only. */
  holdsAny: (agents: readonly string[]) => boolean;
}

export function judgeDocuments(
  documents: readonly ChangedDocument[],
  question: GateQuestion,
): Verdict[] {
  return documents.map((document) => {
    const { heldAs } = document;
    const view = heldAs?.isOthers ? heldAs.view : question.view(document);
    return { ...document, view, verdict: judge(document, view, question) };
  });
}

function judge(document: ChangedDocument, view: View, question: GateQuestion): Verdict['verdict'] {
  if (document.created && question.create === 'off') return 'pass';
  const agents = agentsOf(document, question.agent);
  if (document.heldAs?.isOthers) return 'HELD_BY_OTHER';
  if (view.state === 'malformed') return 'MALFORMED_LEASE';
  if (view.state === 'held') {
    if (!agents.includes(view.lease.agent)) return 'HELD_BY_OTHER';
    return isLive(view, question.now) ? 'pass' : 'LEASE_EXPIRED';
  }
  if (document.created && question.create === 'any' && question.holdsAny(agents)) return 'pass';
  return 'NOT_CLAIMED';
}

/** Who may have changed a document: those that it names, else who asks. */
export function agentsOf(
  { agents }: Pick<ChangedDocument, 'agents'>,
  asking: string | undefined,
): readonly string[] {
  return agents ?? (asking === undefined ? [] : [asking]);
}

/** A lease holds through the second in which it expires. */
export function isLive(view: View, now: number): boolean {
  return view.state === 'held' && now <= view.lease.expires;
}
