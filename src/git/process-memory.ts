/** What a process takes of the machine's memory. */
import { readFileSync } from 'node:fs';

/**
 * Bytes that are a process's own, without the files that it has mapped: a large pack is no harm.
 * 0 where the system does not tell: only Linux does, in `/proc`.
 */
export function ownMemory(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended, or there is no /proc
  }
}
