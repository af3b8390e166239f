/** Runs the blocks of a page as a reader would. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { atTerminal } from '../helpers/at-terminal.ts';
import type { Ran } from '../helpers/sandbox.ts';
import { PACKAGE, run } from '../helpers/sandbox.ts';
import type { Stage } from './settings.ts';
import { comparable, screenText, withoutElided } from './shown.ts';

/** What was typed, and all that the terminal was sent. */
export interface Played {
  who: string;
  command: string;
  screen: string;
}

/** The commands of a session, each with what it is said to print. */
interface Step {
  who: string;
  command: string;
  expected: string[];
}

/** A block of a shell's, whole: the first command that fails ends it. */
export async function runScript(shell: string, code: string, stage: Stage): Promise<Ran> {
  const script = inPlace(code, stage);
  const flags = shell === 'fish' ? ['-c'] : ['-ec'];
  return run(shell, [...flags, script], { cwd: folderOf('', stage), env: stage.env });
}

/**
 * A session at a terminal, command by command.
 * @returns of each what is told, and what the terminal showed; in a form that can be compared
 */
export async function playSession(code: string, stage: Stage) {
  const played: Played[] = [];
  const told: string[] = [];
  const shown: string[] = [];
  for (const { who, command, expected } of steps(code)) {
    const line = `stty cols 100 rows 40; ${inPlace(command, stage)}`;
    const seen = await atTerminal(stage, folderOf(who, stage), line, '\0', []);
    const screen = asTold(seen.screen, stage);
    const wanted = comparable(expected.join('\n'));
    played.push({ who, command, screen });
    told.push(`${who}$ ${command}`, ...wanted);
    shown.push(`${who}$ ${command}`, ...withoutElided(comparable(screenText(screen)), wanted));
  }
  return { played, told, shown };
}

/** A program in TypeScript: checked against the types of the package, then run. */
export async function runProgram(code: string, stage: Stage): Promise<Ran> {
  const folder = folderOf('', stage);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  symlinkSync(join(PACKAGE, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  writeFileSync(join(folder, 'example.ts'), code);
  const options = { strict: true, module: 'nodenext', target: 'es2023', noEmit: true };
  const config = { compilerOptions: { ...options, types: ['node'] }, files: ['example.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder, env: stage.env });
  if (checked.status !== 0) return checked;
  const { code: plain } = await transform(code, { loader: 'ts', format: 'esm' });
  writeFileSync(join(folder, 'example.mjs'), plain);
  return run(process.execPath, ['example.mjs'], { cwd: folder, env: stage.env });
}

function steps(code: string): Step[] {
  const found: Step[] = [];
  let goesOn = false;
  for (const line of code.split('\n')) {
    const [, who, command] = /^(\w*)\$ (.*)$/.exec(line) ?? [];
    const last = found.at(-1);
    if (last && goesOn) last.command += `\n${line}`;
    else if (who !== undefined && command !== undefined) found.push({ who, command, expected: [] });
    else if (last) last.expected.push(line);
    else throw new Error(`a session begins with a prompt, not with: ${line}`);
    goesOn = /[|\\]$/.test(line) && (goesOn || command !== undefined);
  }
  return found;
}

function folderOf(who: string, { folders }: Stage): string {
  const folder = folders[who];
  if (!folder) throw new Error(`there is no ${who || 'one'} in this setting`);
  return folder;
}

function inPlace(text: string, { places = {} }: Stage): string {
  return Object.entries(places).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

function asTold(text: string, { places = {} }: Stage): string {
  return Object.entries(places).reduce((all, [from, to]) => all.replaceAll(to, from), text);
}
