/** The hooks that we have, by git's names. */
export const HOOKS = ['pre-commit', 'pre-merge-commit', 'pre-push'] as const;

export type Hook = (typeof HOOKS)[number];
