import { loadConfig } from '../../../src/config/load.ts';
import type { Problem } from '../../../src/config/problem.ts';
import { LazyspecError } from '../../../src/errors.ts';
import { folder } from './folder.ts';

/** The failure to load a folder that holds this one file. */
export async function failureOf(content: string, file = '.lazyspec.toml'): Promise<LazyspecError> {
  return loadConfig(folder({ [file]: content })).then(
    () => {
      throw new Error('it loaded');
    },
    (error) => {
      if (error instanceof LazyspecError && error.code === 'CONFIG_INVALID') return error;
      throw error;
    },
  );
}

/** What is wrong with this file; nothing, if it loads. */
export async function problemsOf(content: string, file?: string): Promise<Problem[]> {
  const failure = await failureOf(content, file).catch((error) => {
    if (error instanceof Error && error.message === 'it loaded') return undefined;
    throw error;
  });
  return (failure?.data.problems ?? []) as Problem[];
}
