import { LazyspecError } from '../errors.ts';
import type { GitConfig } from '../git/config.ts';
import { isAgentName } from '../lease/record.ts';

/**
 * Who is asking: `--agent-id`, $LAZYSPEC_AGENT_ID, $CLAUDE_SESSION_ID, git's lazyspec.agentId,
 * git's user.name; the first that is not empty.
 * @throws {LazyspecError} AGENT_UNKNOWN, or USAGE for a name that no lease could carry
 */
export async function resolveAgent(
  { agentId, env }: { agentId?: string | undefined; env: NodeJS.ProcessEnv },
  gitConfig: () => Promise<GitConfig>,
): Promise<string> {
  const given = agentId || env.LAZYSPEC_AGENT_ID || env.CLAUDE_SESSION_ID;
  const config = given ? undefined : await gitConfig();
  const name = given || config?.get('lazyspec.agentid') || config?.get('user.name');
  if (!name?.trim()) {
    throw new LazyspecError('AGENT_UNKNOWN', 'it is not known who is asking', {
      remedy:
        'Say so once: git config lazyspec.agentId <name>. Or set $LAZYSPEC_AGENT_ID, or pass --agent-id.',
    });
  }
  if (isAgentName(name)) return name;
  throw new LazyspecError('USAGE', 'the agent id is not a name', {
    remedy: 'Use 1 to 200 characters, none of them a control character.',
    data: { agent: name },
  });
}
