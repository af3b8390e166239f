/** What goes on behind a command that has ended: waited for, and held up where a test wants to look. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds; far more than anything takes that is waited for. */
const PATIENCE = 60_000;

/** Waits until something is so. @throws where it does not become so */
export async function becomes(
  what: () => boolean | Promise<boolean>,
  patience = PATIENCE,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`it did not become so: ${what}`);
    await sleep(20);
  }
}

export interface HeldNode {
  /** To be written down as the Node of a clone. */
  path: string;
  /** The hooks that it was started for, and for which it has ended. */
  started(): string[];
  ended(): string[];
  /** Those that were held up go on, and no other is. */
  letGo(): void;
}

/** A Node that is held up at its start for a hook, and goes at once for the others. */
export function heldNode(folder: string, hook: string): HeldNode {
  const base = join(folder, `node-${Math.random().toString(36).slice(2)}`);
  const [path, started, ended, gate] = ['sh', 'started', 'ended', 'gate'].map(
    (end) => `${base}.${end}`,
  ) as [string, string, string, string];
  for (const log of [started, ended]) writeFileSync(log, '');
  writeFileSync(
    path,
    `#!/bin/sh
for word; do [ "$last" = run ] && name=$word; last=$word; done
echo "$name" >>'${started}'
[ "$name" = ${hook} ] && while [ ! -e '${gate}' ]; do sleep 0.05; done
'${process.execPath}' "$@"
status=$?
echo "$name" >>'${ended}'
exit $status
`,
  );
  chmodSync(path, 0o755);
  const lines = (log: string) => readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return {
    path,
    started: () => lines(started),
    ended: () => lines(ended),
    letGo: () => {
      if (!existsSync(gate)) writeFileSync(gate, '');
    },
  };
}
