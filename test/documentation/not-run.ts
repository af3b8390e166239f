/** The only blocks that no test runs, each with the reason. A block that is gone has no place here. */
export interface NotRun {
  page: string;
  /** How the block begins. */
  begins: string;
  why: string;
}

export const NOT_RUN: readonly NotRun[] = [
  {
    page: 'README.md',
    begins: 'npm ci && npm run demo',
    why: 'it builds this very checkout anew while other tests use it; `npm run check` runs the demo',
  },
  {
    page: 'docs/agents.md',
    begins: 'ASSIGNED_TASK="RFC-001',
    why: 'Claude Code is not here: test/integration/agents makes the calls that it makes',
  },
  {
    page: 'docs/agents.md',
    begins: 'cd ../tree-1 && ASSIGNED_TASK',
    why: 'Claude Code is not here: test/e2e/agents does the same with scripts for agents',
  },
  {
    page: 'docs/backends.md',
    begins: 'npm install --save-dev nodegit',
    why: 'it compiles for minutes: CI does that by `npm run setup:nodegit`, and runs suites with it',
  },
  {
    page: 'docs/performance.md',
    begins: 'npm run bench',
    why: 'it takes half an hour on a quiet machine',
  },
  {
    page: 'docs/server.md',
    begins: 'cp "$(npm root -g)/lazyspec-hooks/templates/pre-receive" ~/.gitolite',
    why: 'gitolite is not everywhere: test/e2e/server sets it up by these steps where it is',
  },
];
