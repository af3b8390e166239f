/** What a command says where a swap came to nothing, or nobody knows what it came to. */
import { LazyspecError } from '../errors.ts';
import { ONE_AT_A_TIME } from '../git/push-outcome.ts';
import type { SwapOutcome } from '../git/ref-store.ts';
import { shellQuote } from '../shell-quote.ts';

export function contended(name: string, tries: number, outcome: SwapOutcome): LazyspecError {
  const detail = 'detail' in outcome ? outcome.detail : '';
  const locked = detail.includes(".lock'");
  const message = `'${name}' was busy: ${locked ? 'the lease was locked' : 'the lease kept changing'} in ${tries} tries`;
  const again = 'Nothing was changed. Run the same command again.';
  return new LazyspecError('CONTENDED', message, {
    remedy: locked
      ? `${again} A lock that stays, with no git at work there, is to be removed.`
      : again,
    details: detail ? detail.split('\n') : [],
    data: { remote: name },
  });
}

/** @param cause why it could not be renewed; undefined where there was no try left */
export function overTooSoon(name: string, cause?: unknown): LazyspecError {
  const message = `the lease was over before it was known that '${name}' had taken it`;
  return new LazyspecError('LEASE_EXPIRED', message, {
    remedy: 'Run the same command again, or ask for a longer lease: --for.',
    details: cause instanceof Error ? [cause.message] : [],
    data: { remote: name },
    cause,
  });
}

export function damagedClone(detail: string): LazyspecError {
  return new LazyspecError('GIT_FAILED', 'this clone is damaged, so nothing was sent', {
    remedy: 'See what else is damaged: git fsck. Restore it, or clone again.',
    details: detail.split('\n'),
  });
}

const SHOW =
  'Have whoever runs the remote show refs/lazyspec to those who fetch: see uploadpack.hideRefs and transfer.hideRefs there, and whether your account may read.';

/** @param isTakenBack whether a claim of ours was; undefined where the lease is another's */
export function notShown(
  name: string,
  { isTakenBack, cause }: { isTakenBack?: boolean; cause?: LazyspecError | undefined } = {},
): LazyspecError {
  const ours = isTakenBack ? 'The claim was taken back.' : 'The claim may still be there, hidden.';
  const known =
    isTakenBack === undefined
      ? 'Each look showed no lease, and each push was refused because there is one.'
      : `Nobody could see the lease, and no commit would pass. ${ours}`;
  return new LazyspecError('REMOTE_REFUSED', `'${name}' takes leases, but does not show them`, {
    remedy: SHOW,
    details: [known, ...(cause ? [cause.message, ...cause.details] : [])],
    data: { remote: name, reason: 'leases are hidden' },
    cause,
  });
}

/** The remote was looked at after each try, and has not got what was sent. */
export function untaken(name: string, outcome: SwapOutcome): LazyspecError {
  return new LazyspecError(
    'REMOTE_REFUSED',
    `'${name}' does not take the lease, and does not say why`,
    {
      remedy:
        'Nothing was changed: we looked. Ask who runs the remote: a hook may refuse, or a proxy may cut pushes off.',
      details: 'detail' in outcome ? outcome.detail.split('\n') : [],
      data: { remote: name, reason: UNTAKEN },
    },
  );
}

const UNTAKEN = 'no answer';

/** Whether a remote was found without what was sent, several times over. */
export function isUntaken(error: unknown): boolean {
  return error instanceof LazyspecError && error.data.reason === UNTAKEN;
}

export function remoteRefused(
  name: string,
  { reason, details }: { reason: string; details: string[] },
) {
  const said = saidByOurHook(details);
  if (said) {
    return new LazyspecError('REMOTE_REFUSED', `'${name}' refused the lease: ${said.reason}`, {
      remedy: 'Nothing was changed.',
      details: said.details,
      data: { remote: name, reason: said.reason },
    });
  }
  if (reason === ONE_AT_A_TIME) {
    return new LazyspecError('REMOTE_REFUSED', `'${name}' refused the leases: ${reason}`, {
      remedy: 'Nothing was changed. Name one document at a time.',
      details,
      data: { remote: name, reason },
    });
  }
  const blocking = details.map((line) => BLOCKING.exec(line)?.[1]).find(Boolean);
  return new LazyspecError('REMOTE_REFUSED', `'${name}' refused the lease: ${reason}`, {
    remedy: blocking
      ? `A ref that is no lease is in the way. Remove it: git push ${shellQuote(name)} ${shellQuote(`:${blocking}`)}`
      : 'Nothing was changed. Whoever runs the remote can tell why.',
    details,
    data: { remote: name, reason },
  });
}

/** Whether a remote has refused several leases at once that takes each of them. */
export function takesOneAtATime(error: unknown): boolean {
  return error instanceof LazyspecError && error.data.reason === ONE_AT_A_TIME;
}

/** What lazyspec-hooks on the server has said: why, and what else there is to know. */
function saidByOurHook(
  lines: readonly string[],
): { reason: string; details: string[] } | undefined {
  const said = lines.flatMap((line) => /^remote: *(.*)$/.exec(line)?.[1] ?? []);
  const first = said.findIndex((line) => line.startsWith(OUR_HOOK));
  const [reason = '', ...details] = first < 0 ? [] : said.slice(first);
  return reason ? { reason: reason.slice(OUR_HOOK.length), details } : undefined;
}

const OUR_HOOK = 'lazyspec-hooks: ';

/**
 * Where a file is, no folder can be: `refs/lazyspec/leases/rfc` keeps every RFC from being claimed.
 * The server says so, and may say anything: only what is below the leases is offered for removal.
 */
const BLOCKING = /'(refs\/lazyspec\/leases\/[^']+)' exists; cannot create/;

export function indeterminate(name: string, detail: string, cause?: unknown): LazyspecError {
  return new LazyspecError('INDETERMINATE', `'${name}' may or may not have taken the write`, {
    remedy: 'Run the same command again: it finds out, and ends what was begun.',
    details: [...detail.split('\n'), ...(cause instanceof Error ? [cause.message] : [])],
    data: { remote: name },
    cause,
  });
}
