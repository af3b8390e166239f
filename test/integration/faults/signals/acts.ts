/** What is interrupted: each act with the leases before and after it. */
import type { Clone, Ran, RunOptions } from '../../../helpers/sandbox.ts';

/** `mine` and `expired` (another's, long ago) are there before; `new` is mine, just written. */
export type LeaseState = 'absent' | 'mine' | 'expired' | 'new';

export interface Act {
  name: string;
  /** Of RFC-001, and of RFC-002 where a batch is about both. */
  before: LeaseState[];
  after: LeaseState[];
  /** The program itself with `--json`, or git, which runs it as a hook. */
  lease?: string[];
  git?: string[];
  /** Where it was interrupted after the remote took it, the act has been done, and says so. */
  doneBefore?: string;
}

export const ACTS: Act[] = [
  { name: 'claim', before: ['absent'], after: ['new'], lease: ['claim', 'RFC-001'] },
  {
    name: 'claim of two',
    before: ['absent', 'absent'],
    after: ['new', 'new'],
    lease: ['claim', 'RFC-001', 'RFC-002'],
  },
  {
    name: 'claim --force',
    before: ['expired'],
    after: ['new'],
    lease: ['claim', 'RFC-001', '--force'],
  },
  {
    name: 'heartbeat',
    before: ['mine'],
    after: ['new'],
    lease: ['heartbeat', 'RFC-001', '--min-interval', '5m'],
  },
  {
    name: 'release',
    before: ['mine'],
    after: ['absent'],
    lease: ['release', 'RFC-001'],
    doneBefore: 'LEASE_NOT_FOUND',
  },
  { name: 'gate', before: ['mine'], after: ['mine'], lease: ['gate', 'RFC-001'] },
  { name: 'gate of nothing', before: ['mine'], after: ['mine'], lease: ['gate'] },
  {
    name: 'pre-commit',
    before: ['mine'],
    after: ['mine'],
    git: ['commit', '--quiet', '--message', 'Change'],
  },
  {
    name: 'pre-push',
    before: ['mine'],
    after: ['mine'],
    git: ['push', '--quiet', 'origin', 'changed:refs/heads/work'],
  },
];

export function perform(act: Act, clone: Clone, options: RunOptions): Promise<Ran> {
  return act.git
    ? clone.tryGit(act.git, options)
    : clone.lease([...(act.lease ?? []), '--json'], options);
}
