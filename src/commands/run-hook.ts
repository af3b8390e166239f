/** What the installed hooks call: `lazyspec-hooks run <hook>`. */
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { refreshGovernedNote } from '../install/governed-note.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { gate } from './gate.ts';

/**
 * @throws {LazyspecError} as `gate`, and USAGE for a hook that is none of ours
 */
export async function runHook(context: Context, hook: string): Promise<GateOutcome> {
  if (hook !== 'pre-commit') {
    throw new LazyspecError('USAGE', `lazyspec-hooks has no '${hook}' hook`, {
      remedy: 'Hooks: pre-commit.',
    });
  }
  // Skipped once by whoever runs git, also where a hook manager calls us and not our own hook.
  if (context.options.env.LAZYSPEC_HOOKS === '0') return { result: { ok: true, documents: [] } };
  const outcome = await gate(context, { staged: true });
  await keepFast(context);
  return outcome;
}

/** The configuration may have changed since install; the next commit is to be fast again. */
async function keepFast(context: Context): Promise<void> {
  const [{ commonDir }, config] = await Promise.all([context.repository(), context.config()]);
  try {
    refreshGovernedNote(join(commonDir, 'lazyspec'), config);
  } catch (error) {
    context.warn(`commits stay slower than need be: ${(error as Error).message}`);
  }
}
