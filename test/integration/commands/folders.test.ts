import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';

describe('a folder in the place of a document', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      'docs/rfcs/drafts/RFC-007-draft.md': '# Draft\n',
      'docs/images/logo.svg': '<svg/>\n',
    });
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  it.each(['claim', 'release', 'heartbeat', 'show', 'gate'])(
    'is called a folder by %s, which names the documents in it',
    async (command) => {
      for (const folder of ['docs/rfcs', 'docs/rfcs/', './docs/rfcs', clone.at('docs/rfcs')]) {
        const { status, stderr } = await clone.lease([command, folder]);
        expect(status).toBe(2);
        expect(stderr).toContain(`'${folder}' is the folder of type 'rfc', not a document`);
        expect(stderr).toContain('Name documents in it: RFC-001, RFC-002, RFC-007');
      }
    },
  );

  it('is called so also above and below the folder of a type', async () => {
    for (const [folder, ids] of [
      ['docs', 'RFC-001, RFC-002, RFC-007, STORY-042'],
      ['.', 'RFC-001, RFC-002, RFC-007, STORY-042'],
      ['docs/rfcs/drafts', 'RFC-007'],
    ]) {
      const { status, stderr } = await clone.lease(['claim', folder ?? '']);
      expect(status).toBe(2);
      expect(stderr).toContain(`'${folder}' is the folder of documents, not a document`);
      expect(stderr).toContain(`Name documents in it: ${ids}\n`);
    }
  });

  it('is called so where the type has no documents yet', async () => {
    const { stderr } = await clone.lease(['claim', 'docs/adrs']);
    expect(stderr).toContain("'docs/adrs' is the folder of type 'adr', not a document");
    expect(stderr).toContain('Name a document by its id: ADR-001');
  });

  it('passes the gate where it holds no documents', async () => {
    expect(await clone.lease(['gate', 'docs/images'])).toMatchObject({ status: 0, stderr: '' });
  });
});
