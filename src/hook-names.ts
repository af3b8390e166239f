/** The hooks that refuse, by git's names. */
export const HOOKS = ['pre-commit', 'pre-merge-commit', 'pre-push'] as const;

/** Says in a commit who made it; installed where `[gate] trailer` asks for that. */
export const TRAILER_HOOK = 'commit-msg';

/** Run when it is done already, and refuse nothing; installed where `[comfort]` asks for them. */
export const AFTER_HOOKS = ['post-commit'] as const;

/** Every hook that may be ours. */
export const ALL_HOOKS = [...HOOKS, TRAILER_HOOK, ...AFTER_HOOKS] as const;

export type Gate = (typeof HOOKS)[number];

export type Hook = (typeof ALL_HOOKS)[number];

/** The hook of a repository that others push to. */
export const SERVER_HOOK = 'pre-receive';
