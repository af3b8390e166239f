/** The hooks of a clone, by git's names. */
export const HOOKS = ['pre-commit', 'pre-merge-commit', 'pre-push'] as const;

export type Hook = (typeof HOOKS)[number];

/** The hook of a repository that others push to. */
export const SERVER_HOOK = 'pre-receive';
