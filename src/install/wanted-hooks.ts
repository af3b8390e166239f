import type { Config } from '../config/types.ts';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS, HOOKS } from '../hook-names.ts';

/** The hooks that a configuration asks for: nobody pays for another. */
export function wantedHooks({ coordination, gate, comfort }: Config): readonly Hook[] {
  if (!coordination) return HOOKS;
  const asked: Partial<Record<Hook, boolean>> = {
    'commit-msg': gate.trailer,
    'post-commit': comfort.renewAfterCommit,
  };
  return ALL_HOOKS.filter((hook) => asked[hook] ?? true);
}
