/** Whether what a command told after a fault is true: everything that is not, in words. */
import type { Ran, Sandbox } from '../../../helpers/sandbox.ts';

const STATUS: Record<string, number> = {
  INDETERMINATE: 4,
  REMOTE_UNREACHABLE: 3,
  REMOTE_AUTH: 3,
  REMOTE_NOT_FOUND: 3,
  GIT_FAILED: 3,
  REMOTE_REFUSED: 1,
  CONTENDED: 1,
  LEASE_NOT_FOUND: 1,
};

/** Every lease on the remote: `<ref> <commit>`, a line each. */
export function leasesOn(sandbox: Sandbox, repository = sandbox.remote): Promise<string> {
  const format = '--format=%(refname) %(objectname)';
  return sandbox.git(repository, 'for-each-ref', format, 'refs/lazyspec/leases');
}

/**
 * @param done whether the leases are what the command was to bring about
 * @param ran of a command with `--json`
 */
export function untruths(
  ran: Ran,
  { before, after, done }: { before: string; after: string; done: boolean },
): string[] {
  const found: string[] = [];
  const insist = (right: boolean, what: string) => {
    if (!right) found.push(`${what}: ${ran.status} ${ran.stdout}${ran.stderr}`);
  };
  insist(before === after || done, 'neither the old leases nor the new ones');
  const error = errorIn(ran.stdout);
  insist(error !== undefined, 'is not one JSON value');
  if (ran.status === 0) {
    insist(done, 'tells of success without it');
    return found;
  }
  insist(STATUS[error?.code ?? ''] === ran.status, 'tells of something else');
  insist(Boolean(error?.message && error.remedy), 'does not say what happened and what to do');
  // Where curl sends a release again by itself, the second finds what the first has left.
  const gone = error?.code === 'LEASE_NOT_FOUND' && done;
  insist(ran.status === 4 || before === after || gone, 'something was changed, and is not told');
  return found;
}

function errorIn(stdout: string): { code?: string; message?: string; remedy?: string } | undefined {
  try {
    return JSON.parse(stdout).error ?? {};
  } catch {
    return undefined;
  }
}
