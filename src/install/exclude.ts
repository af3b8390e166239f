import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { Step } from './apply.ts';

/**
 * The lines that keep heartbeat state out of `git status`. At the top of the file, so that taking
 * them out again leaves it as it was to the byte, whatever its last line ended with.
 */
const BLOCK = Buffer.from('# lazyspec-hooks: when heartbeats were last sent\n.lazyspec/state/\n');

export function excludeSteps(link: string): Step[] {
  const { path, mode } = target(link);
  const before = read(path);
  if (before?.includes(BLOCK)) return [];
  const content = Buffer.concat([BLOCK, before ?? Buffer.alloc(0)]);
  return [{ do: 'write', path, content, mode, ...(before && { before }) }];
}

export function unexcludeSteps(link: string): Step[] {
  const { path, mode } = target(link);
  const before = read(path);
  const start = before?.indexOf(BLOCK) ?? -1;
  if (!before || start < 0) return [];
  const content = Buffer.concat([before.subarray(0, start), before.subarray(start + BLOCK.length)]);
  if (content.length === 0) return [{ do: 'remove', path }];
  return [{ do: 'write', path, content, mode, before }];
}

/** The file itself, where its name is a link, and the mode that it is to keep. */
function target(path: string): { path: string; mode: number } {
  if (!existsSync(path)) return { path, mode: 0o644 };
  return { path: realpathSync(path), mode: statSync(path).mode & 0o777 };
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
