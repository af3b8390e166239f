import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { readBounded } from '../read-bounded.ts';

/** No configuration that a person wrote is as large. */
export const MAX_CONFIG = 1024 * 1024;

/**
 * The bytes of a file in the root, or undefined where there is none. A link is followed wherever
 * it leads: it is data only.
 * @throws LazyspecError CONFIG_INVALID for something that is there and cannot be read
 */
export function readPlace(root: string, path: string): Buffer | undefined {
  let content: Buffer | { problem: string };
  try {
    content = readBounded(join(root, path), MAX_CONFIG);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, (error as Error).message, error);
  }
  if ('problem' in content) throw unreadable(path, content.problem);
  return content;
}

export function unreadable(path: string, reason: string, cause?: unknown): LazyspecError {
  const message = `cannot be read: ${reason}`;
  return new LazyspecError('CONFIG_INVALID', `${path} ${message}`, {
    remedy: `Make ${path} a file that you may read, or remove it.`,
    data: { file: path, problems: [{ key: '', message }] },
    cause,
  });
}
