/** Kinds of acts that are not judged yet. Each is judged as soon as it is taken out of the list. */
export type Family = 'rules' | 'net' | 'leases' | 'foreign';

/**
 * rules: the configuration in the work tree is not the one that the act starts from.
 * net: a push undoes what others pushed, and no commit in it says so.
 * leases: a push touches refs of leases (`--mirror`). foreign: it brings another project's history.
 */
export const NOT_JUDGED: readonly Family[] = [];
