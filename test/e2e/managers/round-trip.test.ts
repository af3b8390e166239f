/** Under every manager: install twice is install once, and uninstall leaves what was there. */
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone, Sandbox } from '../../helpers/sandbox.ts';
import { worldOf } from '../../integration/install/managers/plugged.ts';
import type { SetUp } from './managers.ts';
import { setUps } from './managers.ts';
import type { Project } from './project.ts';
import { commitConfiguration, installHooks, managedProject, type } from './project.ts';

const uninstall = 'npx --no-install lazyspec-hooks uninstall';

async function everything(clone: Clone) {
  const status = ['status', '--porcelain', '--ignored', '--untracked-files=all'];
  return { files: worldOf(clone.path), status: await clone.git(...status) };
}

describe.each(setUps().map((setUp) => [setUp.title, setUp] as const))(
  'under %s',
  (title, setUp) => {
    const test = setUp.missing ? it.skip : it;
    if (setUp.missing)
      process.stderr.write(`skipped: there and back under ${title}: ${setUp.missing}\n`);
    let project: Project;

    beforeAll(async () => {
      if (!setUp.missing) project = await managedProject(setUp);
    }, 120_000);
    afterAll(() => project?.sandbox.dispose());

    test('uninstall leaves all to the byte as it was before install, once or twice', async () => {
      const { clone } = project;
      const before = await everything(clone);
      for (const times of [1, 2]) {
        await installHooks(clone, setUp);
        const once = await everything(clone);
        expect(once).not.toEqual(before);
        if (times === 2) await installHooks(clone, setUp);
        expect(await everything(clone)).toEqual(once);
        await type(clone, uninstall);
        expect(await everything(clone)).toEqual(before);
      }
    }, 120_000);

    test('doctor proves that commits, merges and pushes are refused', async () => {
      const { clone } = project;
      await installHooks(clone, setUp);
      const before = await everything(clone);
      const told = await type(clone, 'npx --no-install lazyspec-hooks doctor --json');
      const { findings } = JSON.parse(told);
      expect(findings.filter(({ state }: { state: string }) => state !== 'ok')).toEqual([]);
      expect(findings.filter(({ check }: { check: string }) => check === 'fires')).toHaveLength(3);
      expect(await everything(clone)).toEqual(before);
      await type(clone, uninstall);
    }, 120_000);

    test('a clone that did not install takes us out of the committed configuration', async () => {
      const { clone } = project;
      const before = workTreeOf(clone);
      await installHooks(clone, setUp);
      await commitConfiguration(clone);
      const other = await secondClone(project.sandbox, clone, setUp);
      await type(other, uninstall);
      expect(workTreeOf(other)).toEqual(before);
      await type(other, uninstall);
      expect(workTreeOf(other)).toEqual(before);
    }, 120_000);
  },
);

/** A clone with the packages, in which the manager is set up as its users do. */
async function secondClone(sandbox: Sandbox, first: Clone, { lines }: SetUp): Promise<Clone> {
  const other = await sandbox.clone('agent-b');
  cpSync(first.at('node_modules'), other.at('node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const line of lines) await type(other, line);
  return other;
}

/** What is not git's own. */
function workTreeOf(clone: Clone): Record<string, string> {
  const files = Object.entries(worldOf(clone.path));
  return Object.fromEntries(files.filter(([name]) => !name.startsWith('.git/')));
}
