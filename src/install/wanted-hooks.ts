import type { Config } from '../config/types.ts';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS, HOOKS } from '../hook-names.ts';

/** The hooks that a configuration asks for: nobody pays for another. */
export function wantedHooks({ coordination, gate }: Config): readonly Hook[] {
  return coordination && gate.trailer ? ALL_HOOKS : HOOKS;
}
