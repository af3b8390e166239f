import { LazyspecError } from '../errors.ts';
import type { GitConfig } from '../git/config.ts';
import { isAgentName } from '../lease/record.ts';
import { isVisible } from '../visible-text.ts';

export interface FoundAgent {
  name: string;
  /** What said so: `--agent-id`, a variable, or a key of git's configuration. */
  source: string;
}

/** What says who is asking, for every work tree of whoever runs this. */
const VARIABLES = ['LAZYSPEC_AGENT_ID', 'CLAUDE_SESSION_ID'] as const;
/** What says so for one clone, or one work tree. */
const KEYS = ['lazyspec.agentId', 'user.name'] as const;

/**
 * Who is asking: `--agent-id`, $LAZYSPEC_AGENT_ID, $CLAUDE_SESSION_ID, git's lazyspec.agentId,
 * git's user.name; the first that is not empty.
 * @throws {LazyspecError} AGENT_UNKNOWN, or USAGE for a name that no lease could carry
 */
export async function findAgent(
  { agentId, env }: { agentId?: string | undefined; env: NodeJS.ProcessEnv },
  gitConfig: () => Promise<GitConfig>,
): Promise<FoundAgent> {
  const given = agentId ? { name: agentId, source: '--agent-id' } : agentInEnvironment(env);
  const found = given ?? configuredAgent(await gitConfig());
  if (!found?.name.trim()) {
    throw new LazyspecError('AGENT_UNKNOWN', 'it is not known who is asking', {
      remedy:
        'Say so once: git config lazyspec.agentId <name>. Or set $LAZYSPEC_AGENT_ID, or pass --agent-id.',
    });
  }
  if (isPossibleAgent(found.name)) return found;
  throw new LazyspecError('USAGE', 'the agent id is not a name', {
    remedy: 'Use 1 to 200 characters that show: no control, direction or zero-width characters.',
    data: { agent: found.name },
  });
}

/** Whether a claim could be made in this name. */
export function isPossibleAgent(name: string): boolean {
  return isAgentName(name) && isVisible(name);
}

function agentInEnvironment(env: NodeJS.ProcessEnv): FoundAgent | undefined {
  const variable = VARIABLES.find((name) => env[name]);
  return variable && { name: env[variable] ?? '', source: `$${variable}` };
}

/** The agent by git's configuration alone, which may differ between work trees. */
export function configuredAgent(config: GitConfig): FoundAgent | undefined {
  const key = KEYS.find((name) => config.get(name.toLowerCase()));
  return key && { name: config.get(key.toLowerCase()) ?? '', source: `git config ${key}` };
}

/** The name as it is compared: composed, however it was typed. @throws as `findAgent` */
export async function resolveAgent(...asked: Parameters<typeof findAgent>): Promise<string> {
  return (await findAgent(...asked)).name.normalize('NFC');
}
