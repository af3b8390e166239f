/** One person whose name is composed (NFC) on one machine and decomposed (NFD) on another. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { Served } from '../../helpers/served.ts';
import { commitBy } from '../ci/committed.ts';
import { claim, commitAll, expectPassed, install, RFC_1 } from '../hooks/guarded.ts';

const NFC = 'Zoë Å'.normalize('NFC');
const NFD = NFC.normalize('NFD');
const REF = 'refs/lazyspec/leases/rfc/RFC-001';

describe('a name in two Unicode spellings', () => {
  let sandbox: Sandbox;
  let composed: Clone;
  let decomposed: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create(DOCUMENTS);
    composed = await sandbox.clone('composed');
    decomposed = await sandbox.clone('decomposed');
    await composed.git('config', 'user.name', NFC);
    await decomposed.git('config', 'user.name', NFD);
  });
  afterEach(() => sandbox.dispose());

  async function stored(): Promise<string> {
    const text = await sandbox.git(sandbox.remote, 'cat-file', 'blob', `${REF}:lease.json`);
    return JSON.parse(text).agent;
  }

  it.each(['composed', 'decomposed'])('is one agent, who claimed as %s', async (first) => {
    const [one, other] = first === 'composed' ? [composed, decomposed] : [decomposed, composed];
    await claim(one, 'RFC-001');
    // As the lazyspec CLI stores it: as it was given.
    expect(await stored()).toBe(first === 'composed' ? NFC : NFD);
    await install(other);
    other.write({ [RFC_1]: '# New\n' });
    expectPassed(await commitAll(other));
    expect(await other.json(['leases'])).toMatchObject([{ mine: true }]);
    for (const command of ['heartbeat', 'claim', 'release']) {
      expect(await other.lease([command, 'RFC-001'])).toMatchObject({ status: 0 });
    }
  });

  it('is one agent to an administrator, and to CI', async () => {
    await claim(decomposed, 'RFC-001');
    await commitBy(composed, NFC, [RFC_1]);
    await composed.git('config', 'user.name', 'runner');
    const range = ['gate', '--range', 'origin/main..HEAD'];
    expect(await composed.lease(range)).toMatchObject({ status: 0 });
    const release = ['release', 'RFC-001', '--expected-holder', NFC];
    expect(await composed.lease(release)).toMatchObject({ status: 0 });
  });

  it('is one account to a server', async () => {
    const served = await Served.create();
    const person = await served.person('ada');
    await person.git('config', 'user.name', NFD);
    const env = { LAZYSPEC_PUSHER: NFC };
    expect(await person.lease(['claim', 'RFC-001'], { env })).toMatchObject({ status: 0 });
    await served.dispose();
  });
});
