/**
 * Completion of command lines: `<program> complete -- <words>` is what the shells' scripts
 * (completion-scripts.ts) ask. The first line of the answer says what else the shell may offer, the
 * others are candidates, each with what it is, after a tab. Whatever goes wrong: the answer is
 * short, and nothing is said on the terminal.
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import type { Completion } from '../commands/completions.ts';
import type { Context } from '../commands/context.ts';
import { createContext } from '../commands/context.ts';
import { isVisible, visibleLine } from '../visible-text.ts';
import { printPlainly } from './closed-output.ts';

type Names = typeof import('../commands/completions.ts');

/** What the shell may offer by itself: nothing, or names of files or folders. */
type Otherwise = 'none' | 'files' | 'folders';

/** The words before the one that is completed, understood. */
interface Position {
  command: Command;
  /** Whether the command itself is still to be named. */
  unnamed: boolean;
  /** Whose value the word is; an optional one may be missing. */
  option: Option | undefined;
  /** `--` came before. */
  operandsOnly: boolean;
  operands: string[];
  given: Map<string, string | true>;
}

/** Milliseconds. Nobody waits longer for a key to do something. */
const PATIENCE = 2_000;
/** More is no help, and takes shells their time. */
const MOST = 2_000;

export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const before = words.slice(0, -1);
  const word = words.at(-1) ?? '';
  let otherwise: Otherwise = 'none';
  let candidates: Completion[] = [];
  try {
    const position = understand(program, before);
    ({ otherwise, candidates } = await answer(position, word));
  } catch {
    // A word that cannot be completed is no mistake.
  }
  const lines = candidates.map(({ value, about }) =>
    about === undefined ? value : `${value}\t${visibleLine(about)}`,
  );
  printPlainly([otherwise, ...lines].map((line) => `${line}\n`).join(''));
}

function understand(program: Command, words: readonly string[]): Position {
  const position: Position = {
    command: program,
    unnamed: true,
    option: undefined,
    operandsOnly: false,
    operands: [],
    given: new Map(),
  };
  for (const word of words) {
    const { option } = position;
    position.option = undefined;
    if (option && (option.required || !word.startsWith('-'))) {
      position.given.set(option.attributeName(), word);
    } else if (position.operandsOnly || !word.startsWith('-')) {
      operand(position, word);
    } else if (word === '--') {
      position.operandsOnly = true;
    } else {
      const [name, value] = split(word);
      const found = optionsOf(position).find(({ long, short }) => name === long || name === short);
      if (found) position.given.set(found.attributeName(), value ?? true);
      if (found && value === undefined && (found.required || found.optional)) {
        position.option = found;
      }
    }
  }
  return position;
}

function operand(position: Position, word: string): void {
  const named = position.command.commands.find((one) => one.name() === word);
  if (position.unnamed && named) position.command = named;
  else position.operands.push(word);
  position.unnamed = false;
}

/** Its own options, and those that go with every command. */
function optionsOf({ command }: Position): Option[] {
  const levels = command.parent ? [command, command.parent] : [command];
  return levels.flatMap((level) => level.createHelp().visibleOptions(level));
}

/** `--option=value` */
function split(word: string): [name: string, value: string | undefined] {
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  return name === undefined ? [word, undefined] : [name, value];
}

async function answer(position: Position, word: string) {
  const [name, value] = split(word);
  const inOneWord =
    value !== undefined && optionsOf(position).find((one) => one.long === name && !one.negate);
  if (inOneWord && !position.operandsOnly) {
    const { otherwise, candidates } = await valuesOf(inOneWord, position);
    const whole = candidates.map((one) => ({ ...one, value: `${name}=${one.value}` }));
    return { otherwise, candidates: matching(whole, word) };
  }
  if (position.option?.required) {
    const { otherwise, candidates } = await valuesOf(position.option, position);
    return { otherwise, candidates: matching(candidates, word) };
  }
  if (word.startsWith('-') && !position.operandsOnly) {
    return { otherwise: 'none' as const, candidates: matching(optionCompletions(position), word) };
  }
  if (position.unnamed) {
    const commands = position.command.createHelp().visibleCommands(position.command);
    const named = commands.map((one) => ({ value: one.name(), about: one.description() }));
    return { otherwise: 'none' as const, candidates: matching(named, word) };
  }
  const { otherwise, candidates } = await operandsOf(position);
  return { otherwise, candidates: matching(candidates, word) };
}

function matching(candidates: readonly Completion[], word: string): Completion[] {
  const wanted = word.toLowerCase();
  return candidates.filter(({ value }) => value.toLowerCase().startsWith(wanted)).slice(0, MOST);
}

function optionCompletions(position: Position): Completion[] {
  return optionsOf(position)
    .filter((one) => !position.given.has(one.attributeName()))
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
}

/** The values of an option, by what its help calls them. */
async function valuesOf(option: Option, position: Position) {
  const { argChoices, long, flags } = option;
  if (argChoices) return only(argChoices.map((value) => ({ value })));
  if (flags.includes('<dir>')) return { otherwise: 'folders' as const, candidates: [] };
  if (flags.includes('<file>')) return { otherwise: 'files' as const, candidates: [] };
  if (long === '--format') {
    const { FORMATS } = await import('./formats/format.ts');
    return only(FORMATS.map((value) => ({ value })));
  }
  if (long === '--agent-id' || long === '--expected-holder') {
    return only(await ask(position, (names, context) => names.agentCompletions(context)));
  }
  if (long === '--type') {
    return only(await ask(position, (names, context) => names.typeCompletions(context)));
  }
  return only([]);
}

/** What may stand where the word is, by what the command's help calls it. */
async function operandsOf(position: Position) {
  const { command, operands } = position;
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument: Argument | undefined =
    registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  if (!argument) return only([]);
  if (argument.argChoices) return only(argument.argChoices.map((value) => ({ value })));
  if (argument.name() === 'code') {
    const { ERROR_CODES } = await import('../commands/explain-code.ts');
    return only(ERROR_CODES.map((value) => ({ value })));
  }
  if (argument.name() !== 'document') return only([]);
  const documents = await ask(position, (names, context) => documentsFor(position, names, context));
  const others = documents.filter(({ value }) => !operands.includes(value));
  // A document may be named by its path as well.
  return { otherwise: 'files' as const, candidates: others };
}

function documentsFor({ command, given }: Position, names: Names, context: Context) {
  if (given.has('expectedHolder')) return names.leasedCompletions(context);
  const ofOwn = command.name() === 'release' || command.name() === 'heartbeat';
  return ofOwn ? names.ownCompletions(context) : names.documentCompletions(context);
}

/** Looks into the repository that the command line is about. */
async function ask(
  { given }: Position,
  question: (names: Names, context: Context) => Promise<Completion[]>,
): Promise<Completion[]> {
  const directory = given.get('directory');
  const agentId = given.get('agentId');
  const context = createContext({
    cwd: resolve(typeof directory === 'string' ? directory.replace(/^~(?=\/|$)/, homedir) : '.'),
    env: process.env,
    agentId: typeof agentId === 'string' ? agentId : undefined,
    signal: AbortSignal.timeout(PATIENCE),
    isHook: true, // somebody waits
  });
  const names = await import('../commands/completions.ts');
  // What is no word of text, or reads as an option, nobody means. The shells quote the others.
  return (await question(names, context)).filter(
    ({ value }) => isVisible(value) && !value.startsWith('-'),
  );
}

function only(candidates: Completion[]): { otherwise: Otherwise; candidates: Completion[] } {
  return { otherwise: 'none', candidates };
}
