import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';

/**
 * The bytes of a file in the root, or undefined where there is none. A link is followed wherever
 * it leads: it is data only.
 * @throws LazyspecError CONFIG_INVALID for something that is there and cannot be read
 */
export function readPlace(root: string, path: string): Buffer | undefined {
  const file = join(root, path);
  try {
    // A link in a cloned repository may lead to a device, which reading would never finish.
    const isFile = statSync(file).isFile();
    if (isFile) return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, (error as Error).message, error);
  }
  throw unreadable(path, 'it is not a file');
}

function unreadable(path: string, reason: string, cause?: unknown): LazyspecError {
  const message = `cannot be read: ${reason}`;
  return new LazyspecError('CONFIG_INVALID', `${path} ${message}`, {
    remedy: `Make ${path} a file that you may read, or remove it.`,
    data: { file: path, problems: [{ key: '', message }] },
    cause,
  });
}
