import { mkdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { workflowCommands } from '../../helpers/workflow-commands.ts';
import { commitBy, OTHER_FILE, RFC_FILE } from './committed.ts';

const RANGE = ['gate', '--range', 'origin/main..HEAD'];
const ACTIONS = { GITHUB_ACTIONS: 'true' };

describe('a gate in CI', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('worker');
  });
  afterEach(() => sandbox.dispose());

  describe('of GitHub', () => {
    it('annotates the first file of each document that it refuses', async () => {
      await commitBy(clone, 'Alice', [RFC_FILE]);
      await commitBy(clone, 'Bob', [OTHER_FILE]);
      await clone.lease(['--agent-id', 'Bob', 'claim', 'RFC-002']);
      const { status, stdout, stderr } = await clone.lease(RANGE, { env: ACTIONS });
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(workflowCommands(stdout)).toEqual([
        {
          name: 'error',
          properties: { file: RFC_FILE, line: '1', title: 'lazyspec-lease: RFC-001' },
          data: expect.stringMatching(
            /^RFC-001: document is not claimed; 'Alice' has to hold it\n.*lazyspec-lease claim RFC-001$/,
          ),
        },
      ]);
      // What people read is there as well.
      expect(stdout).toContain(`  changed: ${RFC_FILE}`);
    });

    it.each([
      'docs/rfcs/RFC-001-a,title=b.md',
      'docs/rfcs/RFC-001-a::b:c.md',
      'docs/rfcs/RFC-001-100%2C%0A.md',
      'docs/rfcs/RFC-001-a\r\nb.md',
    ])('names the file %j as it is called', async (path) => {
      await commitBy(clone, 'Alice', [path]);
      const { stdout } = await clone.lease(RANGE, { env: ACTIONS });
      const title = 'lazyspec-lease: RFC-001';
      expect(workflowCommands(stdout)).toMatchObject([
        { name: 'error', properties: { file: path, line: '1', title } },
      ]);
    });

    it('annotates nothing where it passes', async () => {
      await commitBy(clone, 'Alice', ['README.md']);
      const { status, stdout } = await clone.lease(RANGE, { env: ACTIONS });
      expect(status).toBe(0);
      expect(stdout).toContain('The gate passes');
      expect(workflowCommands(stdout)).toEqual([]);
    });

    it('annotates what else goes wrong', async () => {
      await commitBy(clone, 'Alice', [RFC_FILE]);
      await clone.git('remote', 'set-url', 'origin', `${sandbox.folder}/no:where,100%`);
      const { status, stdout } = await clone.lease(RANGE, { env: ACTIONS });
      expect(status).toBe(3);
      expect(workflowCommands(stdout)).toMatchObject([
        { name: 'error', properties: { title: 'lazyspec-lease' } },
      ]);
      const wrong = await clone.lease(['gate', '--range', '##[error]x'], { env: ACTIONS });
      expect(wrong.status).toBe(2);
      expect(workflowCommands(wrong.stdout)).toHaveLength(1);
      expect(wrong.stderr).toBe('');
    });

    it('runs no command that stands in a file name, an agent, a note or a range', async () => {
      const paths = [
        'docs/rfcs/RFC-001-\n::set-output name=a::b\n.md',
        'docs/rfcs/RFC-001-##[add-path]x,title=%0A::error::.md',
        'docs/rfcs/RFC-001-\r::stop-commands::x\r.md',
      ];
      const agent = '::warning file=x::y ##[set-env name=PATH]z %0A::error::';
      await commitBy(clone, 'Alice', paths, `Change\n\nLazyspec-Agent: ${agent}`);
      const note = '::error::note ##[error]note';
      await clone.lease(['--agent-id', `::notice::${agent}`, 'claim', 'RFC-001', '--note', note]);
      const { status, stdout, stderr } = await clone.lease(RANGE, { env: ACTIONS });
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      const commands = workflowCommands(stdout);
      expect(commands).toMatchObject([{ name: 'error', properties: { line: '1' } }]);
      expect(paths).toContain(commands[0]?.properties.file);
      expect(commands[0]?.data).toContain(`'${agent}' has to hold it`);
      // The same text would run commands without this.
      const plain = await clone.lease([...RANGE, '--format', 'text'], { env: ACTIONS });
      expect(workflowCommands(plain.stderr).length).toBeGreaterThan(0);
    });

    it('prints JSON alone where that is asked for', async () => {
      await commitBy(clone, 'Alice', [RFC_FILE]);
      const { documents } = await clone.json(RANGE, { env: ACTIONS });
      expect(documents).toHaveLength(1);
      const both = await clone.lease([...RANGE, '--json', '--format', 'github']);
      expect(both.status).toBe(2);
    });
  });

  describe('of GitLab', () => {
    it('writes a report with each file of each document that it refuses', async () => {
      const hostile = 'docs/rfcs/RFC-001-"\n\u001b[31m.md';
      await commitBy(clone, 'Alice', [RFC_FILE, OTHER_FILE]);
      await commitBy(clone, 'Bob', [hostile]);
      await clone.lease(['--agent-id', 'Alice', 'claim', 'RFC-002']);
      mkdirSync(clone.at('out'));
      const report = ['--report', 'out/gl.json'];
      const gate = await clone.lease([...RANGE, ...report]);
      expect(gate.status).toBe(1);
      expect(gate.stderr).toContain("'Alice' has to hold it");
      const issues = JSON.parse(readFileSync(clone.at('out', 'gl.json'), 'utf8'));
      expect(issues).toEqual(
        [
          [hostile, "RFC-001: document is not claimed; 'Bob' has to hold it"],
          [RFC_FILE, "RFC-001: document is not claimed; 'Alice' has to hold it"],
        ].map(([path, description]) => ({
          description,
          check_name: 'lazyspec-lease',
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
          severity: 'blocker',
          location: { path, lines: { begin: 1 } },
        })),
      );
      expect(issues[0].fingerprint).not.toBe(issues[1].fingerprint);
      expect(JSON.parse((await clone.lease([...RANGE, ...report, '--json'])).stdout).ok).toBe(
        false,
      );
      expect(JSON.parse(clone.read('out/gl.json'))).toEqual(issues);
    });

    it('writes an empty report where it passes', async () => {
      await commitBy(clone, 'Alice', ['README.md']);
      const args = [...RANGE, '--format', 'gitlab', '--report', 'gl.json'];
      expect((await clone.lease(args)).status).toBe(0);
      expect(JSON.parse(clone.read('gl.json'))).toEqual([]);
    });

    it('says so where the report cannot be written', async () => {
      const gate = await clone.lease([...RANGE, '--report', 'README.md/gl.json']);
      expect(gate.status).toBe(3);
      expect(gate.stderr).toContain('could not be written');
    });
  });

  it.each([
    [['--format', 'sarif'], 'no format'],
    [['--format', 'gitlab'], 'no file'],
    [['--format', 'text', '--report', 'gl.json'], 'no report'],
  ])('refuses %j', async (args, words) => {
    const gate = await clone.lease([...RANGE, ...args]);
    expect(gate.status).toBe(2);
    expect(gate.stderr).toContain(words);
    expect(clone.has('gl.json')).toBe(false);
  });
});
