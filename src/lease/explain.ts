/** Refusals in words: what happened to which document, what is known, and the ways out. */
import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import type { ErrorCode, Remedy } from '../errors.ts';
import { LazyspecError, remedyLines } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';
import { relativeTo, rfc3339 } from '../times.ts';
import { firstLines, MOST_SHOWN } from '../visible-text.ts';
import type { Takeover } from './takeover.ts';
import { takeoverNote } from './takeover.ts';
import type { HeldView, View } from './view.ts';
import { leaseRef, UNREADABLE_HOLDER } from './view.ts';

export interface RefusedDocument {
  document: DocumentId;
  code: ErrorCode;
  view: View;
  takeover?: Takeover;
  expectedHolder?: string;
  /** Another name of it, under which it is held: its type was renamed. */
  heldAs?: DocumentId;
  /** Changed files, in a gate. */
  paths?: readonly string[];
  /** Ids of the commits that changed them. */
  commits?: readonly string[];
  /** Who may have changed it, by the commits; absent: the reader. */
  agents?: readonly string[];
}

export interface Reader {
  agent: string;
  /** Seconds since 1970. */
  now: number;
  /** How the reader calls lazyspec-lease, ready to paste. */
  program: string;
  /** What lists every document, where only the first are shown. */
  all?: string;
  /** The command that claims all of them, where they are too many to name. */
  claimAll?: string;
}

/** What a program is told of each refused document. */
export interface DocumentRefusal extends DocumentId {
  code: ErrorCode;
  message: string;
  paths?: readonly string[];
  agents?: readonly string[];
  commits?: readonly string[];
  holder?: string;
  /** RFC 3339. */
  expires?: string;
  remedy?: string;
}

export type RefusedError = LazyspecError & { readonly data: { documents: DocumentRefusal[] } };

/** One error for all documents that were refused, at least one. */
export function refusedError(refused: readonly RefusedDocument[], to: Reader): RefusedError {
  const told = refused.map((one) => ({ one, ...explain(one, to) }));
  const documents = told.map(({ one, message, remedies }) => refusalData(one, message, remedies));
  const [first, ...others] = told;
  if (!first) throw new TypeError('nothing was refused');
  if (others.length === 0) {
    const { one, message, details, remedies } = first;
    const { holder, expires } = documents[0] ?? {};
    const data = { ...(holder && { holder }), ...(expires && { expires }), documents };
    return new LazyspecError(one.code, message, { details, remedies, data }) as RefusedError;
  }
  const count = new Set(refused.map(({ document: { id, type } }) => `${type}/${id}`)).size;
  const message = `${count} ${count === 1 ? 'document was' : 'documents were'} refused`;
  return new LazyspecError(first.one.code, message, {
    details: firstLines(
      told,
      ({ message, details, remedies }) => [
        message,
        ...[...details, ...remedyLines(remedies)].map((line) => `  ${line}`),
      ],
      to.all,
    ),
    remedies: claimFree(refused, to),
    data: { documents },
  }) as RefusedError;
}

function refusalData(
  { document, code, view, paths, agents, commits }: RefusedDocument,
  message: string,
  remedies: Remedy[],
): DocumentRefusal {
  return {
    ...document,
    code,
    message,
    ...(paths && { paths }),
    ...(agents && { agents, commits: commits ?? [] }),
    ...(view.state === 'held' && {
      holder: view.lease.agent,
      expires: rfc3339(view.lease.expires),
    }),
    ...(remedies[0] && { remedy: remedies[0].command }),
  };
}

function claimFree(refused: readonly RefusedDocument[], to: Reader): Remedy[] {
  // Who reads where commits say who has to hold them may be nobody of those.
  const free = refused.filter(({ code, agents }) => code === 'NOT_CLAIMED' && !agents);
  if (free.length < 2) return [];
  const isAll = free.length === refused.length;
  const isMany = free.length > MOST_SHOWN;
  if (isMany && isAll && to.claimAll) return [{ label: 'claim them all', command: to.claimAll }];
  const some = free.slice(0, MOST_SHOWN).map(({ document }) => shellQuote(document.id));
  const which = isAll ? 'claim them all' : 'claim those that are free';
  const label = isMany ? `claim the first ${MOST_SHOWN}` : which;
  return [{ label, command: `${to.program} claim ${some.join(' ')}` }];
}

interface Explanation {
  message: string;
  details: string[];
  remedies: Remedy[];
}

function explain(refused: RefusedDocument, to: Reader): Explanation {
  const { document, code, view, takeover } = refused;
  if (refused.agents && code !== 'MALFORMED_LEASE') return explainOfCommits(refused, to);
  const { id } = document;
  const changed = changedLine(refused);
  const claim = { label: 'claim it', command: `${to.program} claim ${shellQuote(id)}` };
  const holder = view.state === 'held' ? aboutHolder(view, to) : [];
  const { otherName, renamed } = aboutName(refused);

  switch (code) {
    case 'NOT_CLAIMED':
      return {
        message: `${id}: document is not claimed. Run \`${claim.command}\` first.`,
        details: [...renamed, ...changed],
        remedies: [claim],
      };
    case 'HELD_BY_OTHER':
      return {
        message: `${id}: document is not claimed by you (held by '${holderOf(view)}')${otherName}`,
        details: [...renamed, ...changed, ...holder],
        remedies: waysAround(id, view, takeover, to).filter(
          // A lease under another name is not taken over by a claim under this one.
          ({ label }) => !refused.heldAs || label !== TAKE_OVER,
        ),
      };
    case 'NOT_EXPIRED':
      return {
        message: `${id}: the lease of '${holderOf(view)}' cannot be taken over yet`,
        details: holder,
        remedies: waysAround(id, view, takeover, to),
      };
    case 'CLOCK_SKEW':
      return {
        message: `${id}: the lease of '${holderOf(view)}' was written in our future: the clocks disagree`,
        details: [
          ...holder,
          ...(view.state === 'held'
            ? [`written ${rfc3339(view.committed)}; our clock says ${rfc3339(to.now)}`]
            : []),
        ],
        remedies: waysAround(id, view, takeover, to),
      };
    case 'LEASE_EXPIRED':
      return {
        message: `${id}: your lease expired ${view.state === 'held' ? relativeTo(to.now, view.lease.expires) : ''}`,
        details: changed,
        remedies: [{ label: 'renew it', command: `${to.program} heartbeat ${shellQuote(id)}` }],
      };
    case 'LEASE_LOST':
      return view.state === 'held'
        ? {
            message: `${id}: you hold no lease on it any more (held by '${holderOf(view)}')`,
            details: holder,
            remedies: waysAround(id, view, takeover, to),
          }
        : {
            message: `${id}: you hold no lease on it any more (it is gone from the remote)`,
            details: [],
            remedies: [claim],
          };
    case 'NOT_HOLDER':
      return notHolder(refused, to);
    case 'LEASE_NOT_FOUND':
      return {
        message: `${id}: there is no lease to release`,
        details: [],
        remedies: [{ label: 'see all leases', command: `${to.program} leases` }],
      };
    default:
      return {
        message: `${id}: its lease is malformed: ${view.state === 'malformed' ? view.problem : code}`,
        details: [
          ...changed,
          'It counts as held by nobody we know, until an administrator removes it.',
        ],
        remedies: [adminRelease(id, UNREADABLE_HOLDER, to)],
      };
  }
}

/** Where commits say who has to hold it, the reader is not who can mend it. */
function explainOfCommits(refused: RefusedDocument, to: Reader): Explanation {
  const { document, code, view, agents = [] } = refused;
  const { id } = document;
  const who = agents.map((agent) => `'${agent}'`).join(' or ');
  const verb = code === 'LEASE_EXPIRED' ? 'heartbeat' : 'claim';
  const command = `${to.program} ${verb} ${shellQuote(id)}`;
  const remedy = { label: `as ${who}`, command, note: 'then run this again' };
  const held = view.state === 'held';
  const state = {
    HELD_BY_OTHER: `document is held by '${holderOf(view)}'; ${who} has to hold it`,
    LEASE_EXPIRED: `the lease of '${holderOf(view)}' expired ${held ? relativeTo(to.now, view.lease.expires) : ''}`,
  }[code as string];
  return {
    message: `${id}: ${state ?? `document is not claimed; ${who} has to hold it`}`,
    details: [
      ...aboutName(refused).renamed,
      ...changedLine(refused),
      ...(held ? [sinceWhen(view, to.now)] : []),
      'A commit counts as that of the agent in its Lazyspec-Agent trailer, else of its author.',
    ],
    remedies: [remedy],
  };
}

/** What is said of a lease under another name of the document. */
function aboutName({ document, heldAs, code }: RefusedDocument) {
  if (!heldAs) return { otherName: '', renamed: [] };
  const here = `here its type is '${document.type}' (${leaseRef(document)})`;
  const mine = code === 'NOT_CLAIMED';
  return {
    otherName: ` under its other name, ${documentKey(heldAs)}; here it is ${documentKey(document)}`,
    renamed: [`${mine ? 'you hold' : 'held as'} ${leaseRef(heldAs)}; ${here}`],
  };
}

const TAKE_OVER = 'take it over';

function notHolder({ document: { id }, view, expectedHolder }: RefusedDocument, to: Reader) {
  const holder = holderOf(view);
  const you = expectedHolder === undefined ? `'${to.agent}'` : `'${expectedHolder}'`;
  return {
    message: `${id}: the lease is held by '${holder}', not by ${you}`,
    details: view.state === 'held' ? aboutHolder(view, to) : [],
    remedies: [adminRelease(id, holder, to)],
  };
}

function changedLine({ paths = [], commits = [] }: RefusedDocument): string[] {
  if (paths.length === 0) return [];
  const where = someOf(commits.map((commit) => commit.slice(0, 10)));
  return [`changed: ${someOf(paths)}${where && ` (in ${where})`}`];
}

function someOf(list: readonly string[]): string {
  const more = list.length > 3 ? ` and ${list.length - 3} more` : '';
  return `${list.slice(0, 3).join(', ')}${more}`;
}

function holderOf(view: View): string {
  return view.state === 'held' ? view.lease.agent : UNREADABLE_HOLDER;
}

/** Who has it, where, since when, until when, and why. */
function aboutHolder({ lease, committed }: HeldView, { agent, now }: Reader): string[] {
  const where = [lease.host && `on ${lease.host}`, lease.branch && `branch ${lease.branch}`]
    .filter(Boolean)
    .join(', ');
  // An administrator may be nobody that is known.
  const who = [agent && `you are ${agent}`, where && `${lease.agent} is ${where}`];
  return [
    ...(who.some(Boolean) ? [who.filter(Boolean).join('; ')] : []),
    sinceWhen({ lease, committed }, now),
    ...(lease.note ? [`"${lease.note}"`] : []),
  ];
}

function sinceWhen({ lease, committed }: Pick<HeldView, 'lease' | 'committed'>, now: number) {
  const end = lease.expires >= now ? 'expires' : 'expired';
  const renewed = committed > lease.acquired ? `, last renewed ${relativeTo(now, committed)}` : '';
  return `claimed ${relativeTo(now, lease.acquired)}${renewed}, ${end} ${relativeTo(now, lease.expires)} (${rfc3339(lease.expires)})`;
}

function waysAround(id: string, view: View, takeover: Takeover | undefined, to: Reader): Remedy[] {
  const claim = `${to.program} claim ${shellQuote(id)}`;
  const takeOver = { label: TAKE_OVER, command: `${claim} --force` };
  return [
    { label: 'wait for it', command: `${claim} --wait 30m` },
    takeover ? { ...takeOver, note: takeoverNote(takeover, to.now) } : takeOver,
    adminRelease(id, holderOf(view), to),
  ];
}

function adminRelease(id: string, holder: string, { program }: Reader): Remedy {
  const command = `${program} release ${shellQuote(id)} --expected-holder ${shellQuote(holder)}`;
  return { label: 'administrator', command };
}
