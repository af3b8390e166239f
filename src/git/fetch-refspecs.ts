/** Configured fetches that write below refs/lazyspec/: with --prune git removes leases there. */
import { shellQuote } from '../shell-quote.ts';
import { remoteNameProblem } from './address.ts';
import type { GitConfig } from './config.ts';

const OURS = 'refs/lazyspec/';

export interface RemoteProblem {
  message: string;
  remedy: string;
  details?: string[];
  /** The next fetch may remove every lease: they are in this repository only. */
  losesLeases?: boolean;
}

/**
 * What is wrong with how git is configured for the remote that has the leases, the worst first.
 * @param name `.` is this repository
 */
export function remoteProblems(name: string, config: GitConfig): RemoteProblem[] {
  return [fetchRefspecProblem(name, config) ?? [], remoteNameProblem(name, config) ?? []].flat();
}

function fetchRefspecProblem(leases: string, config: GitConfig): RemoteProblem | undefined {
  const reaching = config.keys().flatMap((key) => {
    const remote = /^remote\.(.+)\.fetch$/s.exec(key)?.[1];
    // From there our copies are what that remote has.
    if (remote === undefined || remote === leases) return [];
    const specs = config.all(key);
    const negative = specs.flatMap((spec) => (spec.startsWith('^') ? spec.slice(1) : []));
    return specs.flatMap((spec) => {
      const source = sourceOf(spec);
      if (source === undefined || negative.some((one) => covers(one, source))) return [];
      return [{ key, remote, spec, source }];
    });
  });
  const [first] = reaching;
  if (!first) return undefined;
  const prune = `git fetch --prune ${shellQuote(first.remote)}`;
  const what = leases === '.' ? 'removes all leases' : 'overwrites copies of leases';
  return {
    message: `${prune} ${what}: ${first.key} = ${first.spec}`,
    details: reaching.slice(1).map(({ key, spec }) => `also ${key} = ${spec}`),
    remedy: reaching.map(remedyFor).join(' && '),
    losesLeases: leases === '.',
  };
}

/** What a refspec would bring to refs/lazyspec/ is called this at the remote; undefined: nothing. */
function sourceOf(spec: string): string | undefined {
  const [source = '', target] = spec.replace(/^\+/, '').split(':');
  if (!target || spec.startsWith('^')) return undefined;
  const [to = '', rest] = target.split('*');
  const from = source.split('*')[0] ?? '';
  if (to.startsWith(OURS)) return from;
  return rest !== undefined && OURS.startsWith(to) ? from + OURS.slice(to.length) : undefined;
}

function covers(negative: string, source: string): boolean {
  return negative.endsWith('*') && source.startsWith(negative.slice(0, -1));
}

function remedyFor({ key, spec, source }: { key: string; spec: string; source: string }): string {
  const isWider = !(spec.split(':')[1] ?? '').startsWith(OURS);
  if (isWider) return `git config --add ${shellQuote(key)} ${shellQuote(`^${source}*`)}`;
  return `git config --fixed-value --unset ${shellQuote(key)} ${shellQuote(spec)}`;
}
