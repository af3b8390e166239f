/** Whether the work trees of a clone can be told apart by the agents in them. */
import { shellQuote } from '../shell-quote.ts';
import type { Finding } from './finding.ts';
import { ok, warning } from './finding.ts';

export interface WorkTreeAgent {
  /** Top of the work tree. */
  path: string;
  /** Who is asking from there; undefined where nobody can tell. */
  agent: string | undefined;
}

/** Two work trees with one agent do not keep each other out: each holds what the other claimed. */
export function checkWorkTrees(trees: readonly WorkTreeAgent[]): Finding {
  if (trees.length < 2) return ok('work-trees', 'this clone has one work tree');
  const places = new Map<string, string[]>();
  for (const { path, agent } of trees) {
    if (agent !== undefined) places.set(agent, [...(places.get(agent) ?? []), path]);
  }
  const shared = [...places].filter(([, paths]) => paths.length > 1);
  if (shared.length === 0) {
    return ok('work-trees', `${trees.length} work trees, each with an agent of its own`);
  }
  const names = shared.map(([agent]) => `'${agent}'`).join(', ');
  const last = shared[0]?.[1].at(-1) ?? '.';
  return warning(
    'work-trees',
    `several work trees of this clone are the same agent: ${names}`,
    `Name each: git config extensions.worktreeConfig true && git -C ${shellQuote(last)} config --worktree lazyspec.agentId <name>`,
    { details: shared.flatMap(([agent, paths]) => paths.map((path) => `${agent}: ${path}`)) },
  );
}
