/** The message of a commit that is being made, as it stands in the file that git hands to hooks. */
import { readFileSync } from 'node:fs';
import { lineOf } from './answer.ts';
import type { GitConfig } from './config.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export interface Committing {
  /** Of the hook. */
  env: NodeJS.ProcessEnv;
  config: GitConfig;
}

/** `git commit -v` shows the change below this line, and forgets it again. */
const SCISSORS = /^\S+ -{24} >8 -{24}$/m;

/** Whether git would call the commit off: nothing was written, or only what was there before. */
export async function isEmptyMessage(git: Git, text: string, at: Committing): Promise<boolean> {
  const message = await cleaned(git, text, at);
  if (message === '') return true;
  const template = hasEditor(at) && at.config.get('commit.template');
  if (!template) return false;
  const asked = await mustRun(git, ['config', '--type=path', '--get', 'commit.template']);
  return message === (await cleaned(git, readTemplate(lineOf('config', asked.stdout)), at));
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // git has made do without it as well
  }
}

/** What is a message on its own: no comments, nothing below the scissors, and no sign-off. */
async function cleaned(git: Git, text: string, at: Committing): Promise<string> {
  const input = hasEditor(at) ? text.slice(0, SCISSORS.exec(text)?.index) : text;
  const args = ['stripspace', ...(hasEditor(at) ? ['--strip-comments'] : [])];
  const { stdout } = await mustRun(git, args, { input });
  return stdout
    .toString('utf8')
    .replace(/^Signed-off-by: .*\n/gm, '')
    .trim();
}

/** A person writes the message; git then takes comments out of it. */
function hasEditor({ env, config }: Committing): boolean {
  return env.GIT_EDITOR !== ':' || config.get('commit.cleanup') === 'strip';
}

/** Adds a trailer to the message in a file, unless it is there. @param trailer `<key>: <value>` */
export async function withTrailer(
  git: Git,
  file: string,
  trailer: string,
  at: Committing,
): Promise<void> {
  const args = [
    // No setting may put it where it is none, or make another one of it.
    ...['-c', 'trailer.separators=:'],
    ...(hasEditor(at) ? [] : ['-c', `core.commentChar=${noComment(readFileSync(file, 'utf8'))}`]),
    ...['interpret-trailers', '--in-place', '--no-divider', '--where=end'],
    ...['--if-exists=addIfDifferent', '--if-missing=add', '--trailer', trailer, '--', file],
  ];
  await mustRun(git, args);
}

/** A character with which no line begins: without an editor `#1: mended` is no comment. */
function noComment(text: string): string {
  const first = new Set(text.split('\n').map((line) => line[0]));
  return [...'#;@!$%^&|:'].find((character) => !first.has(character)) ?? '#';
}
