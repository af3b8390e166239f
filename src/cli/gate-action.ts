/** `lazyspec-lease gate`: which question it is, and in which format it is answered. */
import { resolve } from 'node:path';
import type { Context } from '../commands/context.ts';
import type { GateOutcome } from '../commands/gate.ts';
import { LazyspecError } from '../errors.ts';
import type { FormatOptions } from './formats/format.ts';
import { chooseFormat } from './formats/format.ts';
import type { CommonOptions, Output } from './main.ts';
import { perform } from './main.ts';
import { gateLines } from './render.ts';

export interface GateOptions extends CommonOptions, FormatOptions {
  staged?: boolean;
  range?: string;
  push?: boolean;
  base?: string;
}

export async function gateAction(
  name: string,
  documents: readonly string[],
  options: GateOptions,
): Promise<void> {
  const format = chosenFormat(options);
  const command = async (context: Context): Promise<Output> => {
    if (format instanceof LazyspecError) throw format;
    const { result, refusal } = await ask(context, documents, options);
    if (format === 'gitlab' && options.report !== undefined) {
      const { writeReport } = await import('./formats/gitlab.ts');
      writeReport(resolve(context.options.cwd, options.report), refusal);
    }
    return { json: result, text: () => gateLines(result), refusal };
  };
  if (format !== 'github') return perform(name, options, command);
  const { githubPresentation } = await import('./formats/github.ts');
  return perform(name, options, command, { presentation: githubPresentation() });
}

function chosenFormat(options: GateOptions) {
  try {
    return chooseFormat(options, process.env);
  } catch (error) {
    return error as LazyspecError; // told where every error is told
  }
}

async function ask(
  context: Context,
  documents: readonly string[],
  { staged, range, push, base }: GateOptions,
): Promise<GateOutcome> {
  const asked = [documents.length > 0, staged, range !== undefined, push].filter(Boolean).length;
  if (asked > 1) throw usage('documents, --staged, --range and --push exclude each other');
  const ofCommits = range !== undefined || push;
  if (base !== undefined && !ofCommits) throw usage('--base is for --range and --push only');
  if (!ofCommits) {
    const { gate } = await import('../commands/gate.ts');
    return gate(context, staged ? { staged } : { documents });
  }
  const { gateCommits } = await import('../commands/gate-commits.ts');
  const more = base === undefined ? {} : { base };
  if (range !== undefined) return gateCommits(context, { range, ...more });
  return gateCommits(context, { pushed: () => pushedRefs(context), ...more });
}

/** @throws {LazyspecError} USAGE where stdin names no ref: nothing may pass because it was not told */
async function pushedRefs({ options: { signal } }: Context) {
  const [{ standardInput }, { parsePushedRefs }] = await Promise.all([
    import('./standard-input.ts'),
    import('../git/pushed.ts'),
  ]);
  const refs = parsePushedRefs(await standardInput(signal));
  if (refs.length > 0) return refs;
  throw new LazyspecError('USAGE', 'stdin does not say which refs were pushed', {
    remedy: 'A line for each: <ref> <new commit> <ref> <old commit, or zeros>',
  });
}

function usage(message: string): LazyspecError {
  return new LazyspecError('USAGE', message, { remedy: 'See: lazyspec-lease gate --help' });
}
