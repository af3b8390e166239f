/**
 * Who pushes, and as whom they may act: told by the server and by git's configuration of this
 * repository, neither of which a push can change.
 */
import { LazyspecError } from '../errors.ts';
import type { GitConfig } from '../git/config.ts';
import { isAgentName } from '../lease/record.ts';
import { isVisible } from '../visible-text.ts';

export interface Pusher {
  /** As the server names them. */
  account: string;
  isAdministrator: boolean;
  /** Whether they may act as this agent. */
  owns: (agent: string) => boolean;
}

/** Environment variables that servers name the account in: gitolite, GitLab, web servers, ours. */
export const IDENTITY = ['GL_USER', 'GL_USERNAME', 'REMOTE_USER', 'LAZYSPEC_PUSHER'];

/** @throws {LazyspecError} AGENT_UNKNOWN where the server does not say who pushes */
export function identify(env: NodeJS.ProcessEnv, config: GitConfig): Pusher {
  const configured = config.all('lazyspec.identity');
  const variables = configured.length > 0 ? configured : IDENTITY;
  const account = variables.map((name) => env[name]?.normalize('NFC')).find(Boolean);
  if (account === undefined) throw unknown(variables);
  if (!isAgentName(account) || !isVisible(account)) {
    throw new LazyspecError('AGENT_UNKNOWN', 'what the server calls the pusher is not a name', {
      remedy: 'An account has 1 to 200 characters, all of which show.',
    });
  }
  return {
    account,
    isAdministrator: config.all('lazyspec.administrator').some((one) => composed(one) === account),
    owns: (agent) => isAgentOf(account, agent, config),
  };
}

/** Whether some account may do what others may not. */
export function hasAdministrators(config: GitConfig): boolean {
  return config.all('lazyspec.administrator').length > 0;
}

/**
 * Whether an account may act as an agent. An agent that the map names belongs to whom the map
 * says, and to nobody else. Any other agent belongs to the account of that name, or of the name
 * up to its first slash: `ada` has `ada` and `ada/laptop`. So that no two can have one agent, an
 * account with a slash in its name has those of the map only.
 */
export function isAgentOf(account: string, agent: string, config: GitConfig): boolean {
  const owners = ownersOf(agent, config);
  if (owners.length > 0) return owners.includes(account);
  return !account.includes('/') && agent.split('/')[0] === account;
}

/** `lazyspec.<account>.agent`: an agent, or the beginning of some, with `*` at its end. */
function ownersOf(agent: string, config: GitConfig): string[] {
  return config.keys().flatMap((key) => {
    const account = /^lazyspec\.(.+)\.agent$/s.exec(key)?.[1];
    if (account === undefined) return [];
    const isTheirs = config
      .all(key)
      .map(composed)
      .some((entry) =>
        entry.endsWith('*') ? agent.startsWith(entry.slice(0, -1)) : agent === entry,
      );
    return isTheirs ? [composed(account)] : [];
  });
}

/** Names are compared in one spelling. */
function composed(name: string): string {
  return name.normalize('NFC');
}

function unknown(variables: readonly string[]): LazyspecError {
  return new LazyspecError('AGENT_UNKNOWN', 'the server does not say who is pushing', {
    details: [`None of these is set for the hook: ${variables.join(', ')}.`],
    remedy:
      'Whoever runs the server: set one of them, or name another in the repository: git config lazyspec.identity <VARIABLE>',
  });
}
