/** How soon the programs are there, and how much of a disk they take. */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSIONS } from '../test/helpers/managers.ts';
import { packedPackage } from '../test/helpers/packed.ts';
import { HOOKS, LEASE } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { must, paired, ratio } from './measure.ts';
import type { Figure, Findings } from './report.ts';
import { ratioFigure } from './report.ts';
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
    const { share, table } = await sizes(progress);
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
        share,
      ],
      curves: [table],
    };
  } finally {
    await sandbox.dispose();
  }
}

async function sizes(
  progress: (text: string) => void,
): Promise<{ share: Figure; table: Findings['curves'][number] }> {
  const { tarball } = await packedPackage();
  const sizesOf = (name: string, wanted: string) => {
    progress(`npm install ${name}`);
    return { name, ...installed(wanted) };
  };
  const ours = sizesOf('lazyspec-hooks', tarball);
  const peers = Object.entries(VERSIONS).map(([name, version]) =>
    sizesOf(name, `${name}@${version}`),
  );
  const peer = peers.find(({ name }) => name === 'lint-staged');
  return {
    share: {
      work: 'node_modules after npm i lazyspec-hooks',
      unit: '×',
      value: ours.bytes / (peer?.bytes ?? Number.NaN),
      against: 'after npm i lint-staged',
      goal: 1,
    },
    table: {
      title: 'What npm installs',
      columns: ['package', 'packages', 'files', 'kB'],
      rows: [ours, ...peers].map(({ name, packages, files, bytes }) => [
        ...[name, String(packages), String(files), String(Math.round(bytes / 1000))],
      ]),
    },
  };
}

function installed(name: string): { bytes: number; files: number; packages: number } {
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-size-'));
  try {
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    must('npm', ['install', ...quiet, name], { cwd: folder, env: process.env });
    const modules = join(folder, 'node_modules');
    const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
      .map((path) => ({ path, stat: lstatSync(join(modules, path)) }))
      .filter(({ stat }) => stat.isFile());
    return {
      bytes: files.reduce((sum, { stat }) => sum + stat.size, 0),
      files: files.length,
      packages: files.filter(({ path }) => /^(@[^/]+\/)?[^/.][^/]*\/package\.json$/.test(path))
        .length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
