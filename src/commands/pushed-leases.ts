import type { Config } from '../config/types.ts';
import { LazyspecError } from '../errors.ts';
import { describeObjects } from '../git/files-at.ts';
import type { Push, PushedRef } from '../git/pushed.ts';
import { isZero } from '../git/pushed.ts';
import { isMirroring } from '../git/pushing-git.ts';
import { OUR_REFS } from '../lease-refs.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Context } from './context.ts';
import type { PushedRemote } from './pushed-remote.ts';
import { rulesOf } from './pushed-rules.ts';

/**
 * Refuses a push that moves leases on the remote where they are kept, such as `git push --mirror`: it
 * would remove those of others, and bring released ones back. Our own pushes run no hooks.
 * @throws {LazyspecError} PUSH_REFUSED
 */
export async function refuseLeaseRefs(
  context: Context,
  push: Push,
  remote: PushedRemote,
): Promise<void> {
  const leases = push.refs.filter(({ remoteRef }) => remoteRef.startsWith(OUR_REFS));
  const setting = remote.config.get(`remote.${push.remote}.mirror`) ?? 'false';
  const isConfigured = !/^(?:false|no|off|0|)$/i.test(setting);
  const isMirror = isConfigured || isMirroring(remote.config);
  if (leases.length === 0 && !isMirror) return;
  const { coordination } = await rulesInForce(context, remote);
  // On any other remote they are copies, which nobody asks.
  if (!coordination || !remote.names.includes(coordination.remote)) return;
  const name = shellQuote(coordination.remote);
  if (!isMirror && (await isOfAnotherTool(context, push, leases))) return;
  const more = leases.length - MOST_TOLD;
  throw new LazyspecError(
    'PUSH_REFUSED',
    `this push would change leases on '${coordination.remote}'`,
    {
      details: [
        ...leases.slice(0, MOST_TOLD).map(({ remoteRef, localOid }) => {
          return `${isZero(localOid) ? 'deletes' : 'writes'} ${remoteRef}`;
        }),
        ...(more > 0 ? [`and ${more} more`] : []),
        ...(isMirror ? ['a mirror deletes all leases that this clone does not have'] : []),
      ],
      remedies: [
        {
          label: 'push branches and tags',
          command: `git push ${name} --all && git push ${name} --tags`,
        },
        ...(isConfigured
          ? [{ label: 'no mirror', command: `git config --unset remote.${push.remote}.mirror` }]
          : []),
        { label: 'a lease', command: `${context.program} release <id>` },
      ],
    },
  );
}

const MOST_TOLD = 5;

/** Those of the default branch, as this clone knows it; else those of the work tree. */
async function rulesInForce(context: Context, remote: PushedRemote): Promise<Config> {
  const trunk = await remote.trunk();
  const [rules] = trunk ? await rulesOf(context, [trunk.tip]) : [];
  return rules?.state === 'rules' ? rules.rules.config : context.config();
}

/**
 * Other programs that use the same leases push one at a time, through hooks: what is new, and what
 * replaces or removes a lease of which this clone has a copy. A mirror removes what has none.
 */
async function isOfAnotherTool(
  { git }: Context,
  { refs }: Push,
  [lease]: readonly PushedRef[],
): Promise<boolean> {
  if (refs.length > 1 || !lease) return false;
  if (isZero(lease.remoteOid)) return true;
  const [copy] = await describeObjects(git, [lease.remoteRef]);
  const [parent] = isZero(lease.localOid)
    ? [copy]
    : await describeObjects(git, [`${lease.localOid}^`]);
  return parent?.oid === lease.remoteOid;
}
