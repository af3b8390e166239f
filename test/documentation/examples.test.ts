/** Every example of the README and of docs/ is run as it stands there. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { hasTerminals } from '../helpers/at-terminal.ts';
import { folder } from '../unit/config/folder.ts';
import type { Installed } from './installed.ts';
import { installPacked } from './installed.ts';
import { NOT_RUN } from './not-run.ts';
import type { Fence } from './pages.ts';
import { PAGES } from './pages.ts';
import { playSession, runProgram, runScript } from './play.ts';
import { currentPicture, sessionBlock } from './session.ts';
import { sessionSvg } from './session-svg.ts';
import type { Stage } from './settings.ts';
import { DEFAULT, SETTINGS } from './settings.ts';
import { comparable } from './shown.ts';

const SHELLS = ['sh', 'bash', 'zsh', 'fish'];
/** What is data, or for people to read. */
const READ = ['json', 'toml', 'yaml', 'markdown', 'text', ''];

const pages = PAGES.filter(({ path }) => path === 'README.md' || path.startsWith('docs/'));
const blocks = pages.flatMap(({ path, fences }) => fences.map((fence) => ({ path, fence })));

const isNotRun = (path: string, { code }: Fence) =>
  NOT_RUN.some(({ page, begins }) => page === path && code.startsWith(begins));

const session = sessionBlock();

const isThere = (program: string) => !spawnSync(program, ['--version']).error;

/** Skipped, and said to be, where the program is missing that the block is for. */
function canRun({ language }: Fence): boolean {
  if (language === 'console') return hasTerminals();
  return !SHELLS.includes(language) || isThere(language);
}

describe('the examples', () => {
  let installed: Installed & { remove(): void };
  beforeAll(async () => {
    installed = await installPacked();
  });
  afterAll(() => installed?.remove());

  async function inSetting<T>({ runsIn = DEFAULT }: Fence, act: (stage: Stage) => Promise<T>) {
    const setting = SETTINGS[runsIn];
    if (!setting)
      throw new Error(`no setting '${runsIn}'; there are: ${Object.keys(SETTINGS).join(' | ')}`);
    const stage = await setting(installed);
    try {
      return await act(stage);
    } finally {
      await stage.sandbox.dispose();
    }
  }

  const run = blocks.filter(({ path, fence }) => !isNotRun(path, fence));
  for (const { path, fence } of run.filter(({ fence }) => !READ.includes(fence.language))) {
    const { language, code, line, runsIn = DEFAULT } = fence;
    (canRun(fence) ? test : test.skip)(`${path}:${line} (${language}) in ${runsIn}`, async () => {
      await inSetting(fence, async (stage) => {
        if (language === 'console') {
          const { played, told, shown } = await playSession(code, stage);
          expect(shown).toEqual(told);
          // npm run docs records it anew.
          if (fence === session) {
            expect(comparable(sessionSvg(played))).toEqual(comparable(currentPicture()));
          }
        } else {
          const isShell = SHELLS.includes(language);
          const ran = await (isShell ? runScript(language, code, stage) : runProgram(code, stage));
          expect({ ...ran, stderr: ran.status ? ran.stderr : '' }).toMatchObject({
            status: 0,
            stderr: '',
          });
        }
      });
    });
  }

  test.each(
    run
      .filter(({ fence }) => ['json', 'yaml', 'toml'].includes(fence.language))
      .map(({ path, fence }) => [`${path}:${fence.line}`, fence] as const),
  )('%s is what its language calls valid', async (_, fence) => {
    const { language, code } = fence;
    if (language === 'json') JSON.parse(code);
    else if (language === 'yaml') parseYaml(code);
    else await loadConfig(folder({ '.lazyspec.toml': code }));
  });

  test('are in languages that somebody runs or reads', () => {
    const languages = new Set(blocks.map(({ fence }) => fence.language));
    const known = [...SHELLS, ...READ, 'console', 'ts'];
    expect([...languages].filter((one) => !known.includes(one))).toEqual([]);
  });

  test('that are not run are there, once each', () => {
    const times = NOT_RUN.map((one) => ({
      ...one,
      times: blocks.filter(
        ({ path, fence }) => path === one.page && fence.code.startsWith(one.begins),
      ).length,
    }));
    expect(times.filter(({ times }) => times !== 1)).toEqual([]);
  });

  test('are read, each with the comment above it', () => {
    const commented = pages.flatMap(({ text }) => text.match(/<!-- runs in: /g) ?? []);
    expect(blocks.filter(({ fence }) => fence.runsIn)).toHaveLength(commented.length);
  });

  test('use each setting that there is', () => {
    const used = new Set([DEFAULT, ...blocks.map(({ fence }) => fence.runsIn)]);
    expect(Object.keys(SETTINGS).filter((name) => !used.has(name))).toEqual([]);
  });
});
