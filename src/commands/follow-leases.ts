/** `[comfort] read_only`, after a command that has changed leases; loaded where it is asked for. */
import { isReadOnlyHere } from '../state/read-only-note.ts';
import type { Context } from './context.ts';

/** What the command was to do is done, whatever becomes of this. */
export async function followLeases(context: Context): Promise<void> {
  try {
    const [{ comfort }, { commonDir, gitDir }] = await Promise.all([
      context.config(),
      context.repository(),
    ]);
    if (!comfort.readOnly && !isReadOnlyHere(commonDir, gitDir)) return;
    const { setReadOnly } = await import('./read-only.ts');
    await setReadOnly(context);
  } catch (error) {
    context.warn(`files may be read-only that need not be: ${(error as Error).message}`);
  }
}
