/** The session at the top of the README, recorded into docs/session.svg. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE } from '../helpers/sandbox.ts';
import { installPacked } from './installed.ts';
import type { Fence } from './pages.ts';
import { PAGES } from './pages.ts';
import { playSession } from './play.ts';
import { sessionSvg } from './session-svg.ts';
import { SETTINGS } from './settings.ts';
import { comparable } from './shown.ts';

export const PICTURE = 'docs/session.svg';

/** The first session of the README, which is the picture as text. */
export function sessionBlock(): Fence {
  const fences = PAGES.find(({ path }) => path === 'README.md')?.fences ?? [];
  const session = fences.find(({ language }) => language === 'console');
  if (!session) throw new Error('the README has no session');
  return session;
}

/** Plays it with the program as it would be published. @returns the picture */
export async function recordSession(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-session-'));
  process.env.LAZYSPEC_TEST_RUN = folder;
  const installed = await installPacked();
  try {
    const { code, runsIn = '' } = sessionBlock();
    const stage = await SETTINGS[runsIn]?.(installed);
    if (!stage) throw new Error(`the session of the README runs in no setting: '${runsIn}'`);
    try {
      const { played, told, shown } = await playSession(code, stage);
      if (told.join('\n') !== shown.join('\n')) {
        throw new Error(`the README tells:\n${told.join('\n')}\nbut this is:\n${shown.join('\n')}`);
      }
      return sessionSvg(played);
    } finally {
      await stage.sandbox.dispose();
    }
  } finally {
    installed.remove();
    rmSync(folder, { recursive: true });
  }
}

/** Whether two pictures show the same session, at whatever times. */
export function isSameSession(one: string, other: string): boolean {
  return comparable(one).join('\n') === comparable(other).join('\n');
}

export function currentPicture(): string {
  return readFileSync(join(PACKAGE, PICTURE), 'utf8');
}
