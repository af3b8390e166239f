/**
 * SHA-256 of every `hooks/hook.sh` that a release has shipped: those are ours, to be replaced by
 * install and removed by uninstall. Whoever changes the hook after a release adds the digest of
 * the one before.
 */
export const FORMER_HOOKS: ReadonlySet<string> = new Set<string>();
