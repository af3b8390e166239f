import { normalise } from './normalise.ts';
import { parseRc, RC_PLACES } from './parse-rc.ts';
import { parseToml } from './parse-toml.ts';
import { invalidConfig } from './problem.ts';
import { readPlace, unreadable } from './read-place.ts';
import type { Config, ConsultedPlace } from './types.ts';
import { validateConfig } from './validate.ts';

/** Read without cosmiconfig, which takes longer to load than all else here together. */
export const HOME = '.lazyspec.toml';

/** In YAML a text may refer to itself, so that its time to read grows with its square. */
const MAX_YAML = 64 * 1024;

/**
 * The configuration of a repository: the first of the places that holds one, else the defaults.
 * Runs no code from the repository.
 *
 * @param root Top of the work tree; no folder above or below it is looked into.
 * @throws LazyspecError CONFIG_INVALID with all that is wrong with the file
 */
export async function loadConfig(root: string): Promise<Config> {
  const consulted: ConsultedPlace[] = [];
  for (const path of [HOME, ...RC_PLACES]) {
    const content = readPlace(root, path);
    consulted.push({ path, content });
    if (content === undefined) continue;

    if (path === HOME) return { ...parseHome(path, content), consulted };
    const text = decode(path, content);
    if (/\.ya?ml$|rc$/.test(path) && content.length > MAX_YAML) {
      throw unreadable(path, `it is larger than ${MAX_YAML / 1024} KiB`);
    }
    const parsed = await parseRc(root, path);
    if (parsed === undefined) continue;
    const raw = validateConfig(path, parsed, path.endsWith('.toml') ? text : undefined);
    return { ...normalise(raw), source: path, consulted };
  }
  return { ...normalise({}), source: undefined, consulted };
}

/**
 * The configuration that a `.lazyspec.toml` holds, wherever its bytes were found.
 * @throws LazyspecError CONFIG_INVALID
 */
export function parseHome(path: string, content: Buffer): Config {
  const text = decode(path, content);
  const raw = validateConfig(path, parseToml(path, text), text);
  return { ...normalise(raw), source: path, consulted: [{ path, content }] };
}

/** Text without a byte order mark; bytes that are no UTF-8 would be read as other names. */
function decode(path: string, content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw invalidConfig(path, [{ key: '', message: 'is not UTF-8 text' }], error);
  }
}
