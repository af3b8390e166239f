/** The remote of a push: what this clone knows of it, and what it says when it is asked. */
import type { Advertised, Asking } from '../git/advertised.ts';
import { advertised, fetchCommits } from '../git/advertised.ts';
import { isOid, linesOf, oddAnswer } from '../git/answer.ts';
import type { GitConfig } from '../git/config.ts';
import { acceptedTips } from '../git/history.ts';
import type { Push } from '../git/pushed.ts';
import { remotesOf } from '../git/pushed.ts';
import { mustRun } from '../git/run.ts';
import type { Trunk } from '../git/silent-changes.ts';
import type { Context } from './context.ts';
import { once } from './context.ts';

export interface PushedRemote {
  config: GitConfig;
  /** The configured remotes at its address. */
  names: readonly string[];
  /** Its default branch: as this clone knows it, or as the remote says once it has been asked. */
  trunk(): Promise<Trunk | undefined>;
  /** The same, asked for if this clone does not know it; its commit is brought here. */
  askForTrunk(): Promise<Trunk | undefined>;
  /** What it has; asked once, and nothing if it does not answer. */
  ask(): Promise<Advertised>;
  hasAnswered(): boolean;
  /** Brings the commits of refs of it here. */
  fetch(refs: readonly string[]): Promise<void>;
}

/** @param timeout milliseconds that a question may take */
export async function pushedRemote(
  context: Context,
  push: Pick<Push, 'remote' | 'url'>,
  timeout: number,
): Promise<PushedRemote> {
  const { git } = context;
  const config = await context.gitConfig();
  const names = remotesOf(push, config);
  const asking: Asking = { env: context.options.env, config, deadline: timeout };
  let answer: Advertised | undefined;
  const ask = once(async () => {
    const nothing = { refs: new Map<string, string>(), head: undefined };
    answer = push.url ? await advertised(git, push.url, 'all', asking) : nothing;
    return answer;
  });
  const known = once(() => trunkOf(context, names));
  const fetch = (refs: readonly string[]) => fetchCommits(git, push, refs, asking);
  const trunk = async () => {
    const local = await known();
    if (local || !answer?.head) return local;
    const tip = answer.refs.get(answer.head);
    const [here] = tip ? await acceptedTips(git, { refs: [], commits: [tip] }) : [];
    return tip && here ? { ref: answer.head, tip } : undefined;
  };

  return {
    config,
    names,
    ask,
    hasAnswered: () => (answer?.refs.size ?? 0) > 0,
    fetch,
    trunk,
    async askForTrunk() {
      const { head } = await ask();
      const found = await trunk();
      if (found || !head) return found;
      await fetch([head]).catch((error) => context.warn(error.message));
      return trunk();
    },
  };
}

/** What `refs/remotes/<name>/HEAD` names. */
export async function trunkOf(
  { git }: Context,
  names: readonly string[],
): Promise<Trunk | undefined> {
  if (names.length === 0) return undefined;
  const format = '--format=%(objectname) %(refname) %(symref)';
  const heads = names.map((name) => `refs/remotes/${name}/HEAD`);
  const { stdout } = await mustRun(git, ['for-each-ref', format, ...heads]);
  for (const line of linesOf('for-each-ref', stdout)) {
    const [tip, ref = '', target = ''] = line.split(' ');
    if (!isOid(tip) || !ref) throw oddAnswer('for-each-ref');
    const prefix = ref.slice(0, -'HEAD'.length);
    if (target.startsWith(prefix)) return { ref: `refs/heads/${target.slice(prefix.length)}`, tip };
  }
  return undefined;
}
