import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HOOKS, run } from '../../helpers/sandbox.ts';
import type { Person } from '../../helpers/served.ts';
import { Served, TEMPLATE } from '../../helpers/served.ts';

const ONE = 'docs/rfcs/RFC-001-some-title.md';
const NOBODY = { env: { LAZYSPEC_PUSHER: '' } };

let served: Served;
let ada: Person;

beforeEach(async () => {
  served = await Served.create();
  ada = await served.person('ada');
});
afterEach(() => served.dispose());

/** Puts a configuration on main, as it was before there was a hook. */
async function configured(files: Record<string, string>): Promise<void> {
  served.unprotect();
  await ada.commit(files, 'Configure');
  await ada.git('push', '--quiet', 'origin', 'HEAD:main');
  served.protect();
}

describe('who pushes', () => {
  it('is asked of the server; where it does not say, the push is refused and told what to set', async () => {
    await ada.commit({ 'README.md': 'x' });
    const { status, stderr } = await ada.push(['origin', 'HEAD'], NOBODY);
    expect(status).toBe(1);
    expect(stderr).toContain('the server does not say who is pushing');
    expect(stderr).toContain('GL_USER, GL_USERNAME, REMOTE_USER, LAZYSPEC_PUSHER');
    expect(stderr).toContain('git config lazyspec.identity <VARIABLE>');
  });

  it('is the first of the variables that is set, or those of the configuration only', async () => {
    await ada.lease(['claim', 'RFC-001']);
    await ada.commit({ [ONE]: 'x' });
    const both = { env: { LAZYSPEC_PUSHER: 'ada', GL_USER: 'bob' } };
    expect((await ada.push(['origin', 'HEAD'], both)).stderr).toContain('you are bob');
    await served.set('lazyspec.identity', 'WHO');
    expect((await ada.push(['origin', 'HEAD'], both)).stderr).toContain('does not say who');
    const who = { env: { ...both.env, WHO: 'ada' } };
    expect((await ada.push(['origin', 'HEAD'], who)).status).toBe(0);
  });

  it('has to be a name', async () => {
    await ada.commit({ 'README.md': 'x' });
    const { stderr, status } = await ada.push(['origin', 'HEAD'], {
      env: { LAZYSPEC_PUSHER: 'a\u001b[31mda' },
    });
    expect(status).toBe(1);
    expect(stderr).toContain('is not a name');
  });
});

describe('a repository', () => {
  it('without [coordination] takes everything, from anybody', async () => {
    await configured({ '.lazyspec.toml': '' });
    await ada.commit({ [ONE]: 'x' });
    const pushed = await ada.push(['origin', 'HEAD', 'HEAD:refs/lazyspec/leases/x'], NOBODY);
    expect(pushed.status).toBe(0);
  });

  it('that is empty takes its first push', async () => {
    await served.git('update-ref', '-d', 'refs/heads/main');
    expect((await ada.push(['origin', 'HEAD'], NOBODY)).status).toBe(0);
  });

  it('whose HEAD names no branch refuses, and says how to mend it', async () => {
    await served.git('symbolic-ref', 'HEAD', 'refs/heads/master');
    await ada.commit({ 'README.md': 'x' });
    const refused = await ada.push(['origin', 'HEAD:main']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("names the branch 'master', which is not there");
    expect(refused.stderr).toContain('git symbolic-ref HEAD refs/heads/main');
    await served.git('symbolic-ref', 'HEAD', 'refs/heads/main');
    expect((await ada.push(['origin', 'HEAD:main'])).status).toBe(0);
  });

  it.each([
    ['package.json', '{"lazyspec": {"coordination": {}}}'],
    ['.lazyspecrc.yaml', 'coordination: {}\n'],
    ['.lazyspecrc', '{"coordination": {}}'],
  ])('with its configuration in %s is guarded as well', async (place, content) => {
    await ada.git('rm', '--quiet', '.lazyspec.toml');
    await configured({ [place]: content });
    await ada.commit({ [ONE]: 'x' });
    expect((await ada.push(['origin', 'HEAD'])).stderr).toContain(
      'RFC-001: document is not claimed',
    );
  });

  it('cannot be opened by skipping hooks', async () => {
    await ada.commit({ [ONE]: 'x' });
    const skipping = { env: { LAZYSPEC_HOOKS: '0' } };
    expect((await ada.push(['origin', 'HEAD'], skipping)).status).toBe(1);
  });
});

describe('the configuration', () => {
  it('is that of the branch before the push', async () => {
    await ada.commit({ '.lazyspec.toml': '' });
    await ada.commit({ [ONE]: 'x' });
    expect((await ada.push(['origin', 'HEAD'])).stderr).toContain(
      'RFC-001: document is not claimed',
    );
  });

  it('is for administrators to change, once there are any', async () => {
    await ada.commit({ '.lazyspec.toml': '[coordination]\n[gate]\ncreate = "off"\n' });
    await served.set('lazyspec.administrator', 'root');
    const refused = await ada.push(['origin', 'HEAD']);
    expect(refused.stderr).toContain("only administrators change the configuration ('main')");
    expect((await ada.push(['origin', 'HEAD:refs/heads/new'])).status).toBe(1);
    const root = { env: { LAZYSPEC_PUSHER: 'root' } };
    expect((await ada.push(['origin', 'HEAD'], root)).status).toBe(0);
  });

  it('may be written otherwise, as long as it means the same', async () => {
    await served.set('lazyspec.administrator', 'root');
    await ada.commit({ '.lazyspec.toml': '# The rules\n[coordination]\n' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
  });

  it('is not changed by what is in another place, where it does not count', async () => {
    await served.set('lazyspec.administrator', 'root');
    await ada.commit({ 'package.json': '{"lazyspec": {}}' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(0);
  });

  it('may come to another branch with the default branch', async () => {
    await served.set('lazyspec.administrator', 'root');
    await ada.git('branch', 'feature');
    await ada.push(['origin', 'feature']);
    await ada.commit({ '.lazyspec.toml': '[coordination]\n[gate]\ncreate = "own"\n' });
    await ada.push(['origin', 'HEAD'], { env: { LAZYSPEC_PUSHER: 'root' } });
    await ada.git('checkout', '--quiet', 'feature');
    await ada.commit({ 'README.md': 'mine' });
    await ada.git('merge', '--quiet', '--no-edit', 'main');
    expect((await ada.push(['origin', 'feature'])).status).toBe(0);
  });

  it('is not broken by a push', async () => {
    await ada.commit({ '.lazyspec.toml': '[coordination\n' });
    const { status, stderr } = await ada.push(['origin', 'HEAD']);
    expect(status).toBe(1);
    expect(stderr).toContain("this push would break the configuration on 'main'");
    expect(stderr).toContain('.lazyspec.toml');
  });

  it('may have been broken in between, on a branch that is new', async () => {
    await ada.commit({ '.lazyspec.toml': '[coordination\n' });
    const broken = await ada.push(['origin', 'HEAD:refs/heads/new']);
    expect(broken.stderr).toContain("this push would break the configuration on 'new'");
    await ada.commit({ '.lazyspec.toml': '[coordination]\n' });
    expect((await ada.push(['origin', 'HEAD:refs/heads/new'])).status).toBe(0);
  });

  it('that is broken refuses, and is mended by an administrator only', async () => {
    await configured({ '.lazyspec.toml': '[coordination]\nremote = 7\n' });
    await ada.commit({ 'README.md': 'x' });
    const refused = await ada.push(['origin', 'HEAD']);
    expect(refused.stderr).toContain("the configuration on 'main' is broken");
    expect(refused.stderr).toContain('git config --add lazyspec.administrator <account>');
    expect((await ada.push(['origin', 'HEAD:refs/lazyspec/leases/rfc/RFC-001'])).status).toBe(1);

    await served.set('lazyspec.administrator', 'root');
    const root = { env: { LAZYSPEC_PUSHER: 'root' } };
    expect((await ada.push(['origin', 'HEAD'], root)).status).toBe(1);
    await ada.commit({ '.lazyspec.toml': '[coordination]\n' });
    expect((await ada.push(['origin', 'HEAD'])).status).toBe(1);
    expect((await ada.push(['origin', 'HEAD'], root)).status).toBe(0);
  });
});

describe('the hook itself', () => {
  const hook = (input: string, env: Record<string, string> = {}) =>
    run(TEMPLATE, [], {
      cwd: served.remote,
      env: { ...served.sandbox.env, GIT_DIR: '.', LAZYSPEC_PUSHER: 'ada', ...env },
      input,
    });

  it.each([
    ['nothing', ''],
    ['half a line', `${'0'.repeat(40)} ${'1'.repeat(40)}`],
    ['a line without an end', `${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/x`],
    ['a word', 'nonsense\n'],
  ])('refuses where it is told %s', async (_, input) => {
    const { status, stderr } = await hook(input);
    expect(stderr).toContain('does not say which refs are pushed');
    expect(status).not.toBe(0);
  });

  it('refuses where git fails, or Node is missing', async () => {
    const head = await served.at('refs/heads/main');
    const line = `${head} ${'1'.repeat(40)} refs/heads/main\n`;
    expect((await hook(line)).status).not.toBe(0);
    const node = await hook(line, { PATH: '/nowhere' });
    expect(node.stderr).toContain('the push is refused');
    expect(node.status).toBe(1);
  });

  it('works as a link to the one that is shipped, and as a copy that is told where all is', async () => {
    const path = join(served.remote, 'hooks', 'pre-receive');
    await ada.commit({ [ONE]: 'x' });
    rmSync(path);
    symlinkSync(TEMPLATE, path);
    expect((await ada.push(['origin', 'HEAD'])).stderr).toContain(
      'RFC-001: document is not claimed',
    );
    rmSync(path);
    const text = readFileSync(TEMPLATE, 'utf8');
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    expect((await ada.push(['origin', 'HEAD'])).stderr).toContain('the program was not found');
    writeFileSync(path, text.replace(/^program=.*/m, `program='${HOOKS}'`));
    expect((await ada.push(['origin', 'HEAD'])).stderr).toContain(
      'RFC-001: document is not claimed',
    );
  });

  it('refuses where two projects share the refs of one repository', async () => {
    const line = `${'0'.repeat(40)} ${await served.at('refs/heads/main')} refs/heads/x\n`;
    expect((await hook(line, { GIT_NAMESPACE: 'x' })).stderr).toContain('namespace');
  });
});
