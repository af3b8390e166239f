import {
  ABORTED_BY_HOOK,
  connectionBroke,
  connectionFailure,
  meaningfulLines,
  refTransactionFailure,
} from './messages.ts';
import type { RefChange, SwapOutcome } from './ref-store.ts';
import { remoteCause } from './remote-causes.ts';
import { outOfTime } from './remote-failure.ts';
import type { GitResult } from './run.ts';

/**
 * What a `git push --porcelain` did, of several refs with `--atomic`. Decided by the status line of each ref
 * (`<flag> TAB <from>:<to> TAB <summary>`, git-push(1)); git's other words only tell why.
 */
export function pushOutcome(result: GitResult, changes: readonly RefChange[]): SwapOutcome {
  const told = statusLines(result.stdout.toString('utf8'));
  const lines = changes.map(({ ref }) => told.get(ref));

  const unknown = (detail: string): SwapOutcome => {
    const cancelled = result.ended === 'cancelled';
    const outcome = { kind: 'unknown', detail, cancelled } as const;
    if (result.ended !== 'exit') return { ...outcome, mayStillLand: 'cut' };
    return connectionBroke(result.stderr) ? { ...outcome, mayStillLand: 'broke' } : outcome;
  };
  if (result.ended === 'exit' && result.status === 0) {
    // "=": the remote had this very commit already. Its nonce makes it ours, from an earlier try.
    return lines.every((line) => line && '*+-='.includes(line.flag))
      ? { kind: 'applied' }
      : unknown('git push did not say what became of every ref');
  }

  const why = meaningfulLines(result.stderr);
  if (result.ended === 'exit' && why.some((line) => OWN_DAMAGE.test(line))) {
    return { kind: 'damaged', detail: why.join('\n') };
  }
  const summaries = lines.flatMap((line) => (line?.flag === '!' ? [line.summary] : []));
  if (summaries.some((summary) => summary.includes('(stale info)'))) return { kind: 'stale' };
  const rejections = summaries.filter((summary) => summary.startsWith('[remote rejected]'));
  // Of a batch, the others are only taken along: what was refused itself says why.
  const rejected =
    rejections.find((summary) => !summary.includes('(atomic push failure)')) ?? rejections[0];
  if (rejected) return remoteRejection(rejected, result.stderr, why);

  // Trace2 notes when a server has answered. Until then nothing has been sent; from then on no
  // word on stderr, which may be the server's own, can prove that.
  const connected = told.size > 0 || result.trace.includes('"negotiated-version"');
  if (!connected && result.ended === 'cancelled') return { kind: 'cancelled' };
  if (!connected && result.ended === 'deadline') {
    return { kind: 'unreachable', ...outOfTime(result.trace) };
  }
  if (why.some((line) => ABORTED_BY_HOOK.test(line))) {
    return { kind: 'refused', reason: 'its reference-transaction hook refuses', details: why };
  }
  if (result.ended !== 'exit') return unknown(`git push was cut off (${result.ended})`);
  const code = connected
    ? undefined
    : (connectionFailure(result.stderr) ??
      // An answer that is none of a git server's; only WebDAV is written to without one.
      (result.trace && !result.trace.includes('"http-push"')
        ? (remoteCause(result.stderr)?.code ?? 'REMOTE_UNREACHABLE')
        : undefined));
  if (code && summaries.length === 0) return { kind: 'unreachable', code, detail: why.join('\n') };
  const unable = why.find((line) => UNABLE.test(line));
  if (unable !== undefined) {
    const reason = unable.includes('--atomic') ? ONE_AT_A_TIME : 'a push it cannot do';
    return { kind: 'refused', reason, details: why };
  }
  return unknown(why.join('\n') || summaries.join('\n') || 'git push failed without a word');
}

/** Objects and refs of this clone; a server names its own from inside its repository (`./objects`). */
const OWN_DAMAGE =
  /^(?:error|fatal): .*\.git\/(?:\S*\/)?(?:objects\/[0-9a-f]{2}\/[0-9a-f]{38}|packed-refs)/;

/** git gives up before sending: the server lacks what the push needs (send-pack.c). */
const UNABLE = /^fatal: the receiving end does not support /;
/** Why a server refuses several refs at once that takes each of them. */
export const ONE_AT_A_TIME = 'it takes one at a time';

/** Refusals that git gives before it writes a ref. Whether others wrote first, only the remote can tell. */
export function isBeforeWriting(reason: string): boolean {
  return (
    reason === ONE_AT_A_TIME ||
    /^a push it cannot do$|hook declined$|unpacker error|^deletion prohibited$|^deny updating a hidden ref$|^funny refname$/.test(
      reason,
    )
  );
}

interface StatusLine {
  flag: string;
  summary: string;
}

function statusLines(stdout: string): Map<string, StatusLine> {
  const lines = new Map<string, StatusLine>();
  for (const line of stdout.split('\n')) {
    const [flag, refs, summary] = line.split('\t');
    if (flag === undefined || refs === undefined || summary === undefined) continue;
    lines.set(refs.slice(refs.indexOf(':') + 1), { flag, summary });
  }
  return lines;
}

function remoteRejection(summary: string, stderr: string, why: string[]): SwapOutcome {
  const reason = /\((.*)\)$/.exec(summary)?.[1] ?? summary;
  const lostOrBusy = /^(failed to update ref|atomic transaction failed|failed to lock)/.test(
    reason,
  );
  if (!lostOrBusy) return { kind: 'refused', reason, details: why };
  const failure = refTransactionFailure(stderr);
  if (failure === 'refused') return { kind: 'refused', reason, details: why };
  if (failure === 'stale') return { kind: 'stale' };
  // Some servers keep the cause to themselves. Looking again tells a lost race from a busy lock.
  return { kind: 'contended', detail: why[0] ?? reason };
}
