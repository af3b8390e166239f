/** The hooks that we answer, by git's names. */
export const HOOK_NAMES = ['pre-commit', 'pre-merge-commit', 'pre-push'] as const;

export type HookName = (typeof HOOK_NAMES)[number];
