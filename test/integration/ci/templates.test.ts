/** The shell steps of the templates, run as the hosts run them, in clones as the hosts make them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Clone, LEASE, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { workflowCommands } from '../../helpers/workflow-commands.ts';
import { commitBy, OTHER_FILE, RFC_FILE, ZEROS } from './committed.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a template holds is what the tests look into
function template(name: string): any {
  return parse(readFileSync(join(PACKAGE, 'templates', name), 'utf8'));
}

describe('the template for', () => {
  let sandbox: Sandbox;
  let author: Clone;
  let PATH: string;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    author = await sandbox.clone('Alice');
    const programs = {
      npm: '[ "$*" = "install --global lazyspec-hooks" ]',
      'lazyspec-lease': `exec '${process.execPath}' '${LEASE}' "$@"`,
    };
    const folders = Object.entries(programs).map(([name, script]) => {
      return sandbox.shadow(name, `#!/bin/sh\n${script}\n`).PATH.split(':')[0];
    });
    PATH = [...folders, sandbox.env.PATH].join(':');
  });
  afterEach(() => sandbox.dispose());

  const claim = (...ids: string[]) => author.lease(['claim', ...ids]);

  /** A repository into which a host has fetched, at one commit and on no branch. */
  async function checkout(name: string, refspecs: readonly string[], at: string): Promise<Clone> {
    const path = join(sandbox.folder, name);
    await sandbox.git(sandbox.folder, 'init', '--quiet', path);
    const clone = new Clone(sandbox, path);
    await clone.git('remote', 'add', 'origin', `file://${sandbox.remote}`);
    await clone.git('fetch', '--quiet', '--no-tags', 'origin', ...refspecs);
    await clone.git('checkout', '--quiet', '--force', '--detach', at);
    return clone;
  }

  describe('GitHub Actions', () => {
    const { on, jobs } = template('github-actions.yml');
    const steps = jobs.gate.steps;
    const step = steps.at(-1);

    /** `${{ a.b || c.d }}`, where nothing is an empty text. */
    function evaluate(expression: string, event: unknown): string {
      const inner = /^\$\{\{ (.*) \}\}$/.exec(expression)?.[1] ?? '';
      const values = inner.split(' || ').map((path) => {
        const keys = path.replace(/^github\.event\./, '').split('.');
        // biome-ignore lint/suspicious/noExplicitAny: an event is any JSON
        return keys.reduce((value: any, key) => value?.[key], event);
      });
      return values.find(Boolean) ?? '';
    }

    async function job(clone: Clone, event: unknown, env: Record<string, string>) {
      const told = Object.entries<string>(step.env).map(([name, expression]) => [
        name,
        evaluate(expression, event),
      ]);
      return run('bash', ['-e', '-c', step.run], {
        cwd: clone.path,
        env: {
          ...sandbox.env,
          PATH,
          ...{ CI: 'true', GITHUB_ACTIONS: 'true', ...env },
          ...Object.fromEntries(told),
          // The runner is nobody's machine.
          ...{ GIT_CONFIG_GLOBAL: '/dev/null', LAZYSPEC_AGENT_ID: '' },
        },
      });
    }

    const ALL = ['+refs/heads/*:refs/remotes/origin/*'];
    const repository = { default_branch: 'main' };

    it('fetches the whole history, and reads only', () => {
      expect(steps[0].with['fetch-depth']).toBe(0);
      expect(template('github-actions.yml').permissions).toEqual({ contents: 'read' });
      expect(Object.keys(on)).toEqual(['pull_request', 'merge_group']);
    });

    async function pullRequest() {
      const head = await commitBy(author, 'Alice', [RFC_FILE]);
      await author.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/head');
      // Meanwhile somebody else's change has been merged.
      await author.git('checkout', '--quiet', '-b', 'other', 'origin/main');
      await commitBy(author, 'Bob', [OTHER_FILE]);
      await author.git('push', '--quiet', 'origin', 'HEAD:main');
      await author.git('merge', '--quiet', '--no-edit', head);
      await author.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/merge');
      const merge = 'refs/remotes/pull/7/merge';
      const clone = await checkout('runner', [...ALL, `+refs/pull/7/merge:${merge}`], merge);
      const event = { pull_request: { number: 7, head: { sha: head } }, repository };
      const env = {
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_REF: 'refs/pull/7/merge',
        GITHUB_SHA: await clone.git('rev-parse', 'HEAD'),
        GITHUB_BASE_REF: 'main',
        GITHUB_HEAD_REF: 'topic',
      };
      return { clone, event, env };
    }

    it('refuses a pull request whose author has not claimed what it changes', async () => {
      const { clone, event, env } = await pullRequest();
      const refused = await job(clone, event, env);
      expect({ status: refused.status, stderr: refused.stderr }).toEqual({ status: 1, stderr: '' });
      expect(workflowCommands(refused.stdout)).toMatchObject([
        { name: 'error', properties: { file: RFC_FILE } },
      ]);
    });

    it('passes a pull request whose author has, without writing to the remote', async () => {
      const { clone, event, env } = await pullRequest();
      await claim('RFC-001');
      const refs = await sandbox.git(sandbox.remote, 'for-each-ref');
      const passed = await job(clone, event, env);
      expect(passed).toMatchObject({ status: 0, stderr: '' });
      expect(passed.stdout).toContain('The gate passes: RFC-001');
      expect(await sandbox.git(sandbox.remote, 'for-each-ref')).toBe(refs);
    });

    it('judges a group of the merge queue', async () => {
      const base = await author.git('rev-parse', 'origin/main');
      const head = await commitBy(author, 'Alice', [RFC_FILE]);
      const ref = `refs/heads/gh-readonly-queue/main/pr-7-${base}`;
      await author.git('push', '--quiet', 'origin', `HEAD:${ref}`);
      const clone = await checkout('runner', ALL, head);
      const event = { merge_group: { base_sha: base, head_sha: head }, repository };
      const env = { GITHUB_EVENT_NAME: 'merge_group', GITHUB_REF: ref, GITHUB_SHA: head };
      expect((await job(clone, event, env)).status).toBe(1);
      await claim('RFC-001');
      expect((await job(clone, event, env)).status).toBe(0);
    });

    it.each([
      ['to main', 'main', false],
      ['of a new branch', 'topic', true],
    ])('judges a push %s', async (_, branch, isNew) => {
      const old = await author.git('rev-parse', 'origin/main');
      const head = await commitBy(author, 'Alice', [RFC_FILE]);
      await author.git('push', '--quiet', 'origin', `HEAD:${branch}`);
      const clone = await checkout('runner', ALL, head);
      const event = { before: isNew ? ZEROS : old, after: head, repository };
      const env = {
        GITHUB_EVENT_NAME: 'push',
        GITHUB_REF: `refs/heads/${branch}`,
        GITHUB_SHA: head,
      };
      expect((await job(clone, event, env)).status).toBe(1);
      await claim('RFC-001');
      expect((await job(clone, event, env)).status).toBe(0);
    });

    it('refuses a checkout without the history', async () => {
      const { event, env } = await pullRequest();
      await claim('RFC-001');
      const merge = '+refs/pull/7/merge:refs/remotes/pull/7/merge';
      const clone = await checkout('shallow', ['--depth=1', merge], 'refs/remotes/pull/7/merge');
      const { status, stdout } = await job(clone, event, env);
      expect(status).toBe(2);
      expect(stdout).toContain('fetch-depth: 0');
    });
  });

  describe('GitLab CI', () => {
    const { lazyspec } = template('gitlab-ci.yml');
    const REPORT = lazyspec.artifacts.reports.codequality;

    function job(clone: Clone, variables: Record<string, string>) {
      return run('bash', ['-c', `set -eo pipefail\n${lazyspec.script.join('\n')}`], {
        cwd: clone.path,
        env: {
          ...sandbox.env,
          PATH,
          ...{ CI: 'true', GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main', CI_PROJECT_ID: '1' },
          ...variables,
          ...{ GIT_CONFIG_GLOBAL: '/dev/null', LAZYSPEC_AGENT_ID: '' },
        },
      });
    }

    function issues(clone: Clone): { location: { path: string } }[] {
      return JSON.parse(clone.read(REPORT));
    }

    async function mergeRequest() {
      const base = await author.git('rev-parse', 'origin/main');
      const head = await commitBy(author, 'Alice', [RFC_FILE]);
      await author.git('push', '--quiet', 'origin', 'HEAD:refs/merge-requests/7/head');
      await author.git('push', '--quiet', 'origin', 'HEAD:refs/pipelines/42');
      const clone = await checkout('builds', ['+refs/pipelines/42:refs/pipelines/42'], head);
      const variables = {
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_COMMIT_SHA: head,
        CI_COMMIT_BEFORE_SHA: ZEROS,
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
        CI_MERGE_REQUEST_PROJECT_URL: `file://${sandbox.remote.replace(/\.git$/, '')}`,
      };
      return { clone, variables };
    }

    it('fetches the whole history, and keeps the report of a job that fails', () => {
      expect(lazyspec.variables.GIT_DEPTH).toBe(0);
      expect(lazyspec.artifacts.when).toBe('always');
    });

    it('refuses a merge request whose author has not claimed what it changes', async () => {
      const { clone, variables } = await mergeRequest();
      const refused = await job(clone, variables);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain("'Alice' has to hold it");
      expect(issues(clone)).toMatchObject([{ location: { path: RFC_FILE } }]);
    });

    it('passes a merge request whose author has', async () => {
      const { clone, variables } = await mergeRequest();
      await claim('RFC-001');
      expect(await job(clone, variables)).toMatchObject({ status: 0, stderr: '' });
      expect(issues(clone)).toEqual([]);
    });

    it('judges the source of a pipeline for merged results, not what it was merged with', async () => {
      const { variables } = await mergeRequest();
      const head = variables.CI_COMMIT_SHA;
      await author.git('checkout', '--quiet', '-b', 'other', 'origin/main');
      await commitBy(author, 'Bob', [OTHER_FILE]);
      await author.git('push', '--quiet', 'origin', 'HEAD:main');
      await author.git('merge', '--quiet', '--no-edit', head);
      await author.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/pipelines/42');
      const merged = await author.git('rev-parse', 'HEAD');
      const clone = await checkout('merged', ['+refs/pipelines/42:refs/pipelines/42'], merged);
      const more = { CI_COMMIT_SHA: merged, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head };
      await job(clone, { ...variables, ...more });
      expect(issues(clone)).toMatchObject([{ location: { path: RFC_FILE } }]);
      await claim('RFC-001');
      expect((await job(clone, { ...variables, ...more })).status).toBe(0);
    });

    it("asks the project, and not the fork, in whose pipeline a fork's request runs", async () => {
      const { clone, variables } = await mergeRequest();
      const fork = join(sandbox.folder, 'fork.git');
      await sandbox.git(sandbox.folder, 'clone', '--quiet', '--bare', sandbox.remote, fork);
      await clone.git('remote', 'set-url', 'origin', `file://${fork}`);
      await claim('RFC-001');
      expect((await job(clone, variables)).status).toBe(1);
      expect((await job(clone, { ...variables, CI_PROJECT_ID: '2' })).status).toBe(0);
    });

    it.each([
      ['to main', 'main', false],
      ['of a new branch', 'topic', true],
    ])('judges a push %s', async (_, branch, isNew) => {
      const old = await author.git('rev-parse', 'origin/main');
      const head = await commitBy(author, 'Alice', [RFC_FILE]);
      await author.git('push', '--quiet', 'origin', `HEAD:${branch}`);
      const refspec = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
      const clone = await checkout('builds', [refspec], head);
      const variables = {
        CI_PIPELINE_SOURCE: 'push',
        CI_COMMIT_SHA: head,
        CI_COMMIT_BRANCH: branch,
        CI_COMMIT_BEFORE_SHA: isNew ? ZEROS : old,
      };
      expect((await job(clone, variables)).status).toBe(1);
      expect(issues(clone)).toHaveLength(1);
      await claim('RFC-001');
      expect((await job(clone, variables)).status).toBe(0);
    });

    it('refuses a checkout without the history', async () => {
      const { variables } = await mergeRequest();
      await claim('RFC-001');
      const args = ['--depth=1', '+refs/pipelines/42:refs/pipelines/42'];
      const clone = await checkout('shallow', args, variables.CI_COMMIT_SHA);
      const { status, stderr } = await job(clone, variables);
      expect(status).toBe(2);
      expect(stderr).toContain('GIT_DEPTH: 0');
      expect(existsSync(clone.at(REPORT))).toBe(false);
    });
  });
});
