/**
 * Finds nodegit and loads it: the package that is installed beside this one, or what
 * `npm run setup:nodegit` has built in a checkout. Never what the repository at hand brings along:
 * code that only came with a clone is not run.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Nodegit } from './nodegit-binding.ts';

/** The one that this was written and tested for; see docs/backends.md. */
export const NODEGIT_VERSION = '0.27.0';

export type Loaded = { nodegit: Nodegit } | { problem: string };

/** Where `npm run setup:nodegit` puts what it builds for the Node that runs. */
export function builtFolder(): string {
  const { platform, arch, versions } = process;
  const name = `${platform}-${arch}-${versions.modules}`;
  return join(packageRoot(), '.nodegit', name, 'node_modules', 'nodegit');
}

/** @param env LAZYSPEC_NODEGIT: the folder of a nodegit package, looked at instead */
export function loadNodegit(
  env: NodeJS.ProcessEnv,
  require: NodeJS.Require = createRequire(join(packageRoot(), 'package.json')),
): Loaded {
  const folder = findNodegit(env, require);
  if (folder === undefined) return { problem: 'nodegit is not installed' };
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (version !== NODEGIT_VERSION) {
      return { problem: `nodegit ${version} is installed, and ${NODEGIT_VERSION} is needed` };
    }
    return { nodegit: require(folder) as Nodegit };
  } catch (error) {
    return { problem: `nodegit does not load: ${firstLine(error)}` };
  }
}

/** @returns the folder of the package, if there is one */
function findNodegit(env: NodeJS.ProcessEnv, require: NodeJS.Require): string | undefined {
  const folder = env.LAZYSPEC_NODEGIT || builtFolder();
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (env.LAZYSPEC_NODEGIT) return undefined;
  try {
    return dirname(require.resolve('nodegit/package.json'));
  } catch {
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
