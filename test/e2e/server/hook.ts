import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../helpers/sandbox.ts';
import { HOOKS } from '../../helpers/sandbox.ts';

export function shippedHook(sandbox: Sandbox): string {
  const hook = join(sandbox.folder, 'pre-receive');
  writeFileSync(hook, `#!/bin/sh\nexec node '${HOOKS}' run pre-receive\n`);
  chmodSync(hook, 0o755);
  return hook;
}
