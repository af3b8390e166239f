import { basename, join } from 'node:path';
import type { LoaderSync } from 'cosmiconfig';
import { LazyspecError } from '../errors.ts';
import { parseToml } from './parse-toml.ts';
import { invalidConfig } from './problem.ts';

/** Where else than in `.lazyspec.toml` a configuration may be, in order; data formats only. */
export const RC_PLACES = [
  'package.json',
  '.lazyspecrc',
  '.lazyspecrc.json',
  '.lazyspecrc.yaml',
  '.lazyspecrc.yml',
  '.lazyspecrc.toml',
];

/**
 * The value of one of these files in the root, or undefined where it holds no configuration.
 * @throws LazyspecError CONFIG_INVALID
 */
export async function parseRc(root: string, path: string): Promise<unknown> {
  // Pinned at 8.0.0. From 8.1.0 on, merely calling cosmiconfig() looks for a meta configuration in
  // the current folder and runs it where it is JavaScript (.config.js, since 9.0 .config/config.js):
  // code of whoever wrote the repository, in a hook of whoever cloned it.
  // CommonJS: in the bundle it has no named exports.
  const { cosmiconfig, defaultLoaders } = (await import('cosmiconfig')).default;
  const explorer = cosmiconfig('lazyspec', {
    searchPlaces: RC_PLACES,
    stopDir: root,
    cache: false,
    loaders: {
      noExt: withoutMark(defaultLoaders.noExt),
      '.json': withoutMark(defaultLoaders['.json']),
      '.yaml': withoutMark(defaultLoaders['.yaml']),
      '.yml': withoutMark(defaultLoaders['.yml']),
      '.toml': (file, text) => parseToml(basename(file), text),
    },
  });
  try {
    // One place at a time: which places were looked at is part of the answer.
    const found = await explorer.load(join(root, path));
    return found?.config;
  } catch (error) {
    throw error instanceof LazyspecError ? error : unparsable(path, error);
  }
}

/** Without a byte order mark at the start, at which JSON.parse stops. */
function withoutMark(load: LoaderSync): LoaderSync {
  return (file, text) => load(file, text.replace(/^\uFEFF/, ''));
}

/** YAML's errors tell their place in `mark`, JSON's in the message. */
function unparsable(path: string, error: unknown): LazyspecError {
  const { message, reason, mark } = error as Error & { reason?: string; mark?: { line: number } };
  const said = message.replace(/^(JSON|YAML) Error in [^\n]*:\n/, '').split('\n')[0];
  const problem = { key: '', message: `cannot be parsed: ${reason ?? said}` };
  return invalidConfig(path, [mark ? { ...problem, line: mark.line + 1 } : problem], error);
}
