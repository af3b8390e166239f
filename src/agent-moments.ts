/** The moments of a coding agent's session at which it asks us: `lazyspec-hooks agent <moment>`. */
export const AGENT_MOMENTS = ['session-start', 'before-edit', 'after-tool', 'session-end'] as const;

export type AgentMoment = (typeof AGENT_MOMENTS)[number];

export function isAgentMoment(name: string | undefined): name is AgentMoment {
  return (AGENT_MOMENTS as readonly (string | undefined)[]).includes(name);
}

/** What the model reads last where an edit is refused. */
export const EDIT_NOT_MADE =
  'The edit was not made. Do not make it in another way: git would refuse the commit.';
