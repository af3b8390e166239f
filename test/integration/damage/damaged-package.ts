/** A copy of the built package, and what power failures, full disks and installs at work make of it. */
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../../helpers/package.ts';

/** What is run, or copied by install; not its documentation. */
const PARTS = ['dist', 'hooks', 'templates', 'package.json'];

/** Also puts back what was damaged. */
export function copyPackage(folder: string): void {
  for (const part of PARTS) {
    cpSync(join(PACKAGE, part), join(folder, part), { recursive: true });
  }
}

type Damage = (path: string) => void;

export const empty: Damage = (path) => truncateSync(path);
export const nul: Damage = (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length));
export const missing: Damage = (path) => rmSync(path);
export const foreign: Damage = (path) => writeFileSync(path, 'module.exports = { left: 1 };\n');
export const cut =
  (share: number): Damage =>
  (path) =>
    truncateSync(path, Math.floor(readFileSync(path).length * share));

const all = (damage: Damage) => (folder: string) => {
  const chunks = join(folder, 'dist', 'chunks');
  for (const name of readdirSync(chunks)) damage(join(chunks, name));
};
const one = (name: string, damage: Damage) => (folder: string) => damage(join(folder, name));
const programs = (damage: Damage) => (folder: string) => {
  for (const name of ['hooks.js', 'lease.js']) damage(join(folder, 'dist', name));
};

/** Each by what has happened to the files of a package in a folder. */
export const DAMAGES: Record<string, (folder: string) => void> = {
  'the programs are empty': programs(empty),
  'the programs have only NUL bytes': programs(nul),
  'the programs are those of another package': programs(foreign),
  'the programs are cut after their first line': programs((path) => {
    truncateSync(path, readFileSync(path).indexOf('\n') + 1);
  }),
  'the programs are cut at a quarter': programs(cut(0.25)),
  'the programs are cut in the middle': programs(cut(0.5)),
  'the programs lack their last bytes': programs(cut(0.999)),
  'the chunks are missing': all(missing),
  'the chunks are empty': all(empty),
  'the chunks have only NUL bytes': all(nul),
  'the chunks are cut in the middle': all(cut(0.5)),
  'dist/package.json is missing': one('dist/package.json', missing),
  'dist/package.json is empty': one('dist/package.json', empty),
  'both package.json are missing': (folder) => {
    for (const name of ['package.json', 'dist/package.json']) missing(join(folder, name));
  },
  'both package.json are empty': (folder) => {
    for (const name of ['package.json', 'dist/package.json']) empty(join(folder, name));
  },
  'the package is gone': (folder) => rmSync(folder, { recursive: true }),
};
