/** How soon the programs are there, and how much of a disk they take. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSIONS } from '../test/helpers/managers.ts';
import { packedPackage } from '../test/helpers/packed.ts';
import { HOOKS, LEASE } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { must, paired, ratio } from './measure.ts';
import type { Figure, Findings } from './report.ts';
import { count, ratioFigure } from './report.ts';
import { nothing, project } from './worlds.ts';

export async function start({ rounds, progress }: Settings): Promise<Findings> {
  const sandbox = await project(1);
  try {
    const say = (name: string, ...args: string[]) => ({
      name,
      act: () => must(process.execPath, args, { cwd: sandbox.folder, env: sandbox.env }),
    });
    const samples = await paired(
      [
        nothing(sandbox),
        say('lazyspec-lease --help', LEASE, '--help'),
        say('lazyspec-hooks --help', HOOKS, '--help'),
      ],
      rounds,
      progress,
    );
    const against = 'node -e 0';
    return {
      figures: [
        ratioFigure(
          'lazyspec-lease --help',
          ratio(samples, 'lazyspec-lease --help', against),
          against,
          1.6,
        ),
        ratioFigure(
          'lazyspec-hooks --help',
          ratio(samples, 'lazyspec-hooks --help', against),
          against,
        ),
        ...(await sizes(progress)),
      ],
      curves: [],
    };
  } finally {
    sandbox.dispose();
  }
}

async function sizes(progress: (text: string) => void): Promise<Figure[]> {
  progress('npm pack, npm install');
  const { tarball } = await packedPackage();
  const ours = installed(tarball);
  const peer = installed(`lint-staged@${VERSIONS['lint-staged']}`);
  const share = ours.bytes / peer.bytes;
  return [
    {
      work: 'node_modules after npm i lazyspec-hooks',
      unit: '×',
      value: share,
      against: 'after npm i lint-staged',
      goal: 1,
    },
    count('node_modules after npm i lazyspec-hooks', kilobytes(ours.bytes), 'kB'),
    count('node_modules after npm i lazyspec-hooks', ours.packages, 'packages'),
    count('node_modules after npm i lint-staged', kilobytes(peer.bytes), 'kB'),
    count('node_modules after npm i lint-staged', peer.packages, 'packages'),
  ];
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);

function installed(name: string): { bytes: number; packages: number } {
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-size-'));
  try {
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    must('npm', ['install', ...quiet, name], { cwd: folder, env: process.env });
    const modules = join(folder, 'node_modules');
    const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
      .map((path) => ({ path, stat: statSync(join(modules, path)) }))
      .filter(({ stat }) => stat.isFile());
    return {
      bytes: files.reduce((sum, { stat }) => sum + stat.size, 0),
      packages: files.filter(({ path }) => /^(@[^/]+\/)?[^/.][^/]*\/package\.json$/.test(path))
        .length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
