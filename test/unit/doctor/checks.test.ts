import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkWorkTrees } from '../../../src/doctor/agents.ts';
import { checkClock } from '../../../src/doctor/clock.ts';
import { hookFindings } from '../../../src/doctor/hooks-installed.ts';
import { judgeAct } from '../../../src/doctor/proof.ts';
import { checkNode } from '../../../src/doctor/versions.ts';
import type { HeldView } from '../../../src/lease/view.ts';
import { OLDEST_NODE } from '../../../src/node-version.ts';
import { PACKAGE } from '../../helpers/package.ts';

const OWN = { sharedHooksPath: undefined, commonDir: '/repository/.git' };
const NOW = 1_800_000_000;

function leaseOf(agent: string, committed: number): HeldView {
  return { state: 'held', commit: 'c', committed, lease: { agent, acquired: 0, expires: 0 } };
}

describe('the clock', () => {
  it('is compared with the freshest lease, and may differ by as much as is allowed', () => {
    const leases = [leaseOf('old', NOW - 500), leaseOf('new', NOW + 300)];
    expect(checkClock(leases, NOW, 300).state).toBe('ok');
    expect(checkClock(leases, NOW, 299)).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^this clock or new's is wrong by about 5 min:/),
    });
    expect(checkClock([], NOW, 300).state).toBe('ok');
  });
});

describe('Node', () => {
  it.each([
    ['20.17.0', 'ok'],
    ['24.0.0', 'ok'],
    ['20.16.9', 'failed'],
    ['18.20.0', 'failed'],
    ['', 'failed'],
  ])('%s is %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  it('is too old exactly when package.json says so', () => {
    const { engines } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    expect(engines.node).toBe(`>=${OLDEST_NODE}`);
  });
});

describe('work trees', () => {
  it('are not compared where nobody knows the agent', () => {
    const trees = ['/one', '/two'].map((path) => ({ path, agent: undefined }));
    expect(checkWorkTrees(trees).state).toBe('ok');
  });
});

describe('a hook that is of an earlier version', () => {
  it('is to be installed anew', () => {
    expect(
      hookFindings([{ hook: 'pre-push', state: 'former', where: '/hooks/pre-push' }], OWN),
    ).toEqual([
      expect.objectContaining({ state: 'warning', remedy: 'npx lazyspec-hooks install' }),
    ]);
  });

  it('may not be handed to its manager', () => {
    const [finding] = hookFindings(
      [{ hook: 'pre-push', state: 'unheard', where: 'lefthook' }],
      OWN,
    );
    expect(finding?.message).toBe('git does not hand pre-push to lefthook');
  });
});

describe('an act that must be refused', () => {
  const ended = (status: number, stderr = '') => ({
    ended: 'exit' as const,
    status,
    stdout: Buffer.alloc(0),
    stderr,
  });

  it('fails the check where our hook lets it pass, whatever became of it', () => {
    for (const status of [0, 1]) {
      const finding = judgeAct('pre-push', ended(status), ['pass'], {});
      expect(finding).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('let a push pass'),
      });
    }
  });

  it('proves nothing where it did not end in time', () => {
    const cut = { ...ended(-1), ended: 'deadline' as const };
    expect(judgeAct('pre-commit', cut, [], {})).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('did not end within 60 s'),
    });
  });

  it('is well refused by the second of two managers', () => {
    expect(judgeAct('pre-commit', ended(1), ['pass', 'refused'], {}).state).toBe('ok');
  });
});
