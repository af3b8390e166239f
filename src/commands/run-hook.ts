/** What the installed hooks call: `lazyspec-hooks run <hook>`. */
import { isProbed, noted } from '../doctor/probe-note.ts';
import { LazyspecError } from '../errors.ts';
import { parsePushedRefs } from '../git/pushed.ts';
import type { Hook } from '../hook-names.ts';
import { AFTER_PUSH, ALL_HOOKS, SERVER_HOOK, TRAILER_HOOK } from '../hook-names.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { gate, isGated } from './gate.ts';
import { keepFast } from './keep-fast.ts';

/** What git hands to a hook. */
export interface HookCall {
  args: readonly string[];
  /** All of stdin; read only by the hooks that git tells something there. */
  input: () => Promise<string>;
}

/**
 * @throws {LazyspecError} as `gate`, and USAGE for a hook that is none of ours or is told nonsense
 */
export async function runHook(
  context: Context,
  hook: string,
  call: HookCall,
): Promise<GateOutcome> {
  if (hook === AFTER_PUSH) {
    const { releaseLanded } = await import('./release-after-push.ts');
    await releaseLanded(context, await call.input());
    return { result: { ok: true, documents: [] } };
  }
  if (!isOurs(hook)) {
    throw new LazyspecError('USAGE', `lazyspec-hooks has no '${hook}' hook`, {
      remedy: `Hooks: ${ALL_HOOKS.join(', ')}; on a server ${SERVER_HOOK}.`,
    });
  }
  // Skipped once by whoever runs git, also where a hook manager calls us and not our own hook.
  if (context.options.env.LAZYSPEC_HOOKS === '0') return { result: { ok: true, documents: [] } };
  return noted(context.options.env, hook, () => judge(context, hook, call));
}

async function setBits(context: Context): Promise<void> {
  await (await import('./read-only.ts')).setReadOnly(context);
}

/** What refuses nothing; loaded by those alone who want it. */
const COMFORTS: Partial<
  Record<Hook, (context: Context, args: readonly string[]) => Promise<void>>
> = {
  [TRAILER_HOOK]: async (context, [path]) =>
    (await import('./add-trailer.ts')).addTrailer(context, path),
  'post-commit': async (context, [commit]) => {
    await setBits(context);
    await (await import('./renew-after-commit.ts')).renewAfterCommit(context, commit);
  },
  'post-checkout': setBits,
  'post-merge': setBits,
};

async function judge(context: Context, hook: Hook, call: HookCall): Promise<GateOutcome> {
  const comfort = COMFORTS[hook];
  if (comfort) {
    await comfort(context, call.args);
    return { result: { ok: true, documents: [] } };
  }
  // doctor looks, and changes nothing.
  const isReal = !isProbed(context.options.env);
  if (hook === 'pre-push') return judgePush(context, call, isReal);
  const question = hook === 'pre-commit' ? { staged: true as const } : { merged: true as const };
  const outcome = await gate(context, question, isReal);
  if (isReal) {
    const leases = hook === 'pre-commit' ? outcome.leases : undefined;
    await keepFast(await context.forCommit(), leases, await context.commitRules());
  }
  return outcome;
}

function isOurs(hook: string): hook is Hook {
  return (ALL_HOOKS as readonly string[]).includes(hook);
}

async function judgePush(context: Context, call: HookCall, isReal: boolean): Promise<GateOutcome> {
  context.gitConfig().catch(() => {}); // git answers while stdin is read
  // Imported here so that commits stay fast.
  const [{ gatePush }, push] = await Promise.all([import('./gate-push.ts'), pushOf(call)]);
  const outcome = await gatePush(context, push, isReal);
  if (!isReal || !outcome.result.ok || !(await isGated(context))) return outcome;
  if ((await context.config()).comfort.releaseAfterPush.length > 0) {
    const { watchPush } = await import('./release-after-push.ts');
    await watchPush(context, push);
  }
  return outcome;
}

async function pushOf({ args: [remote = '', url = ''], input }: HookCall) {
  return { remote, url, refs: parsePushedRefs(await input()) };
}
