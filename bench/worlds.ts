/** Clones to be measured in, made as users make them. */
import { appendFileSync, chmodSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentPath, manyDocuments, manyIds } from '../test/helpers/many.ts';
import type { Clone } from '../test/helpers/sandbox.ts';
import { HOOKS, LEASE, Sandbox } from '../test/helpers/sandbox.ts';
import { traceGit } from '../test/helpers/traced.ts';
import type { Case } from './measure.ts';
import { must } from './measure.ts';

export const CODE = 'src/main.c';
/** Ten thousand documents in one push take git longer than a minute. */
export const CONFIG = '[coordination]\nremote = "origin"\ntimeout = "10m"\n';

/** A project of some documents, a file of code, and as many other files as wanted. */
export function project(documents: number, others = 0): Promise<Sandbox> {
  const code = Array.from({ length: others }, (_, i) => [
    `src/part-${Math.floor(i / 100)}/file-${i}.c`,
    `int f${i}(void) { return ${i}; }\n`,
  ]);
  return Sandbox.create({
    '.lazyspec.toml': CONFIG,
    [CODE]: '\n',
    ...manyDocuments(documents),
    ...Object.fromEntries(code),
  });
}

/** A run of `npm run bench` is one person's: the hooks must not be switched off around it. */
export async function cloneFor(sandbox: Sandbox, agent: string): Promise<Clone> {
  return sandbox.clone(agent);
}

export function hookFile(clone: Clone, script: string): void {
  const path = clone.at('.git', 'hooks', 'pre-commit');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

export function installOurs(clone: Clone): void {
  node(clone, HOOKS, 'install', '--quiet');
  if (!existsSync(clone.at('.git', 'hooks', 'pre-commit'))) throw new Error('no hook in place');
}

export function claimed(clone: Clone, ids: readonly string[]): void {
  lease(clone, 'claim', ...ids, '--for', '24h');
}

export function lease(clone: Clone, ...args: string[]): string {
  return node(clone, LEASE, ...args);
}

export function node(clone: Clone, ...args: string[]): string {
  return must(process.execPath, args, { cwd: clone.path, env: clone.sandbox.env });
}

export function git(clone: Clone, ...args: string[]): string {
  return must('git', args, { cwd: clone.path, env: clone.sandbox.env });
}

/** A whole `git commit` of one change to one file. */
export function commitOf(name: string, clone: Clone, file: string): Case {
  return {
    name,
    before: () => {
      appendFileSync(clone.at(file), 'x\n');
      git(clone, 'add', file);
    },
    act: () => git(clone, 'commit', '--quiet', '--message', 'x'),
  };
}

/** Stages a change to each of the first documents. */
export function stageDocuments(clone: Clone, count: number): void {
  for (const id of manyIds(count)) appendFileSync(clone.at(documentPath(id)), 'x\n');
  git(clone, 'add', '--all', dirname(documentPath('x')));
}

/** The gate as the hook starts it: what is staged stays staged, so that it can be asked again. */
export function gateOf(name: string, clone: Clone): Case {
  return { name, act: () => node(clone, HOOKS, 'run', 'pre-commit') };
}

/** The installed hook, as git starts it. */
export function hookOf(clone: Clone): string {
  return clone.at('.git', 'hooks', 'pre-commit');
}

export function hookCase(name: string, clone: Clone): Case {
  return { name, act: () => must(hookOf(clone), [], { cwd: clone.path, env: clone.sandbox.env }) };
}

/** What git itself says that a command did. */
export function traced(clone: Clone, ...args: string[]) {
  const trace = traceGit(clone.sandbox.folder);
  must(process.execPath, args, {
    cwd: clone.path,
    env: { ...clone.sandbox.env, ...trace.env },
  });
  const found = trace.read();
  trace.dispose();
  return found;
}

export const nothing = (sandbox: Sandbox): Case => ({
  name: 'node -e 0',
  act: () => must(process.execPath, ['-e', '0'], { cwd: sandbox.folder, env: sandbox.env }),
});

export function inFolder(clone: Clone, ...parts: string[]): string {
  return join(clone.path, ...parts);
}
