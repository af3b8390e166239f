/** Why a remote could not be asked, or did not answer, as an error for a person. */
import { LazyspecError } from '../errors.ts';
import { waitsForCredentials } from './credentials.ts';
import { fetchFailure, meaningfulLines, refTransactionFailure } from './messages.ts';
import type { ConnectionFailure } from './remote-causes.ts';
import { remoteCause } from './remote-causes.ts';
import type { GitResult } from './run.ts';
import { gitFailed } from './run.ts';

/** A page where a ref advertisement should be. */
export function notAGitServer(name: string): LazyspecError {
  return new LazyspecError('REMOTE_UNREACHABLE', `'${name}' answered, but not as a git server`, {
    remedy: 'A captive portal or a proxy may be in between: log in, then try again.',
    data: { remote: name },
  });
}

/** What git was waiting for when its time was over. @param deadline milliseconds, if known */
export function outOfTime(
  trace: string,
  deadline?: number,
): { code: ConnectionFailure; detail: string } {
  const within = deadline === undefined ? 'in time' : `within ${deadline / 1000} s`;
  const program = waitsForCredentials(trace);
  if (program === undefined) return { code: 'REMOTE_UNREACHABLE', detail: `no answer ${within}` };
  return { code: 'REMOTE_AUTH', detail: `'${program}' supplied no credentials ${within}` };
}

/** Why a fetch failed: the remote, or this clone itself. */
export function fetchFailed(name: string, result: GitResult, deadline: number): LazyspecError {
  if (result.ended === 'cancelled') return gitFailed(['fetch'], result);
  if (result.ended === 'deadline') {
    const { code, detail } = outOfTime(result.trace, deadline);
    return remoteFailure(code, name, [detail]);
  }
  const code = fetchFailure(result.stderr);
  if (code) {
    const told = meaningfulLines(result.stderr);
    return remoteFailure(code, name, told.length > 0 ? told : ['it ended the connection']);
  }
  if (refTransactionFailure(result.stderr) === undefined) return gitFailed(['fetch'], result);
  return new LazyspecError('GIT_FAILED', "this clone's copies of the leases cannot be updated", {
    remedy: 'Another git may be at work here. If not, remove what is named above.',
    details: meaningfulLines(result.stderr),
  });
}

/** git's own sentences for a network that does not lead to the remote. */
const NETWORK =
  /resolve host|unable to look up|unable to connect|Failed to connect|connect to host|Connection (?:refused|closed|reset|timed out)|unreachable|No route to host|timed out|no answer|hung up|unable to access/i;

/** The error for a remote that could not be asked: nothing was changed. */
export function remoteFailure(
  code: ConnectionFailure,
  name: string,
  details: string[],
): LazyspecError {
  const text = details.join('\n');
  const { what, remedy } = remoteCause(text, code) ?? unexplained(code, text);
  return new LazyspecError(code, `'${name}' ${what}`, { remedy, details, data: { remote: name } });
}

function unexplained(code: ConnectionFailure, text: string): { what: string; remedy: string } {
  if (code === 'REMOTE_NOT_FOUND') {
    return {
      what: 'has no repository at its address',
      remedy: 'Check the address: git remote -v',
    };
  }
  if (code === 'REMOTE_AUTH') {
    return {
      what: 'refused our credentials',
      remedy:
        'Leases never prompt: load the key (ssh-add) or let a credential helper store the password, then run the same command again.',
    };
  }
  if (NETWORK.test(text)) {
    return {
      what: 'cannot be reached',
      remedy: 'Check the network, then run the same command again. Nothing was changed.',
    };
  }
  return {
    what: 'ended the connection',
    remedy:
      'The reason is above, as it came. Check the network and your access, then run the same command again. Nothing was changed.',
  };
}
