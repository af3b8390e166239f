/**
 * Node 22 and newer can keep what it has compiled: it takes a tenth of a command's time to do it anew.
 * Not in the folder for temporary files, as Node would have it: what is kept there is run, and others
 * may have made it.
 */
import module from 'node:module';
import { isAbsolute, join } from 'node:path';

type Node22 = typeof module & { enableCompileCache?: (folder: string) => unknown };

/** For all that is loaded from now on. */
export function keepCompiled(): void {
  const folder = cacheFolder(process.env);
  if (folder) (module as Node22).enableCompileCache?.(folder);
}

/** In the user's own cache (XDG Base Directory Specification), if there is one. */
export function cacheFolder({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  const cache = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'));
  return cache && isAbsolute(cache) ? join(cache, 'lazyspec-hooks') : undefined;
}
