import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GitConfig } from './config.ts';
import type { Repository } from './repository.ts';

/** What moves objects or refs to where only git looks for them. */
const VARIABLES = [
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
] as const;

/** Extensions of the repository format, and what they mean for who does not know them. */
const EXTENSIONS: Record<string, string> = {
  'extensions.objectformat': 'its ids are not SHA-1',
  'extensions.refstorage': 'its refs are kept in another way',
  'extensions.partialclone': 'it is a partial clone',
};

/**
 * Why nodegit would not do here what git does; undefined where it would. Asked before it opens the
 * repository, which git has opened by then: libgit2 does not know of `safe.directory`.
 */
export function nodegitObstacle(
  { commonDir, root }: Repository,
  config: GitConfig,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const variable = VARIABLES.find((name) => env[name]);
  if (variable) return `nodegit does not know of ${variable}`;
  const extension = Object.keys(EXTENSIONS).find((key) => config.get(key) !== undefined);
  if (extension) return `nodegit cannot open this repository: ${EXTENSIONS[extension]}`;
  const format = config.all('core.repositoryformatversion').find((version) => version !== '0');
  if (format) return `nodegit cannot open this repository: it is of format ${format}`;
  // Others could no longer write into the folders that libgit2 makes.
  const shared = config.get('core.sharedrepository')?.toLowerCase() ?? 'umask';
  if (!['umask', 'false', '0', 'no', 'off'].includes(shared)) {
    return 'nodegit does not keep the files of a repository shared (core.sharedRepository)';
  }
  // libgit2 crashes on such a file.
  if (isDamaged(join(commonDir, 'packed-refs'))) return 'packed-refs is damaged';
  const hooks = resolve(root, config.get('core.hookspath') ?? join(commonDir, 'hooks'));
  const heard = config.keys().some((key) => /^hook\..+\.event$/.test(key) && isTransaction(key));
  if (heard || existsSync(join(hooks, TRANSACTION))) {
    return `nodegit does not run the hook ${TRANSACTION}`;
  }
  return undefined;

  function isTransaction(key: string): boolean {
    return config.all(key).includes(TRANSACTION);
  }
}

const TRANSACTION = 'reference-transaction';

function isDamaged(packedRefs: string): boolean {
  if (!existsSync(packedRefs)) return false;
  const text = readFileSync(packedRefs, 'latin1');
  return text !== '' && !(/^(?:#|[0-9a-f]{40} )/.test(text) && text.endsWith('\n'));
}
