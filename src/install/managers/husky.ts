/**
 * husky: a few lines at the top of `.husky/<hook>`. They run the rest of the file first, in a shell
 * of its own, and ours when that has passed: so ours judges what the rest has staged, and runs
 * whatever is added to the file, also where it ends with `exit` or `exec`.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Hook } from '../../hook-names.ts';
import { ALL_HOOKS } from '../../hook-names.ts';
import type { Files } from '../files.ts';
import { huskyFolder } from '../husky-folder.ts';
import { BEGIN, END, normal, OUR_COMMAND, splitAtOurs } from '../our-part.ts';
import type { Place } from '../place.ts';
import { unwantedHooks } from '../place.ts';
import type { Manager } from './manager.ts';

export const husky: Manager = {
  name: 'husky',

  async detect(place) {
    if (huskyFolder(place))
      return { active: true, because: `core.hooksPath is ${place.hooksFolder}` };
    const folder = join(place.root, '.husky');
    return existsSync(folder) ? { active: false, because: `${folder} exists` } : undefined;
  },

  async install(place, files) {
    // husky 5 to 8 have git run these files themselves, 9 hands them to sh.
    const areHooks = huskyFolder(place) === place.hooksFolder;
    const notes: string[] = [];
    for (const { hook, path } of scripts(place, place.hooks)) {
      files.edit(
        path,
        (text = areHooks ? SHEBANG : '') => {
          const { rest, added } = withoutBlock(text);
          notes.push(...movedOut(path, added));
          return withBlock(rest, ours(hook, place, areHooks && !/husky\.sh/.test(rest)));
        },
        { executable: areHooks },
      );
    }
    for (const { path } of scripts(place, unwantedHooks(place)))
      notes.push(...takeOut(path, files));
    if (!huskyFolder(place)) notes.push('husky is not set up in this clone yet. Run: npx husky');
    return { notes };
  },

  async uninstall(place, files) {
    // Those that install has changed, also where husky has moved to another folder since.
    const paths = new Set([
      ...scripts(place, ALL_HOOKS).map(({ path }) => path),
      ...place.recorded,
    ]);
    return { notes: [...paths].flatMap((path) => takeOut(path, files)) };
  },

  scriptFolders: (place) => [relative(place.root, scriptFolder(place)).split(sep).join('/')],

  unheard(place) {
    return place.hooks.filter((hook) => !existsSync(join(place.hooksFolder, hook)));
  },
};

const SHEBANG = '#!/bin/sh\n';

/** @returns what has to be said of it */
function takeOut(path: string, files: Files): string[] {
  const notes: string[] = [];
  // A script that does not name us need not even be one that can be read.
  if (!files.mentions(path, BEGIN)) return notes;
  files.edit(path, (text = '') => {
    const { rest, added } = withoutBlock(text);
    notes.push(...movedOut(path, added));
    return rest === '' || rest === SHEBANG ? undefined : rest;
  });
  return notes;
}

function movedOut(path: string, added: readonly string[]): string[] {
  if (added.length === 0) return [];
  const lines = added.map((line) => line.trim()).join('; ');
  return [`${path}: lines that were added to our part stand behind it now: ${lines}`];
}

function scripts(place: Place, hooks: readonly Hook[]): { hook: Hook; path: string }[] {
  return hooks.map((hook) => ({ hook, path: join(scriptFolder(place), hook) }));
}

function scriptFolder(place: Place): string {
  return huskyFolder(place) ?? join(place.root, '.husky');
}

/** @param asProgram the file runs by its own shebang, and not by `sh -e` */
function ours(hook: Hook, place: Place, asProgram: boolean): string {
  return block(hook, place.command(hook), asProgram);
}

function block(hook: Hook, command: string, asProgram: boolean): string {
  const rest = `lazyspec_rest=1 ${asProgram ? '' : 'sh -e '}"$0" "$@" || exit`;
  // doctor proves ours, and need not wait for the rest.
  const unlessProbed = '[ -n "$LAZYSPEC_PROBE" ] || ';
  // git's lines are for both, and can be read only once.
  const replay = `printf '%s' "\${lazyspec_pushed%.}" 2>/dev/null | `;
  const lines =
    hook === 'pre-push'
      ? [
          '  lazyspec_pushed=$(cat && echo .)',
          `  ${unlessProbed}${replay}${rest}`,
          `  ${replay}${command} "$@"`,
        ]
      : [`  ${unlessProbed}${rest}`, `  ${command} "$@"`];
  return [
    BEGIN,
    '# The rest of this file runs first, so that what it stages is judged as well.',
    'if [ -z "$lazyspec_rest" ]; then',
    ...lines,
    '  exit',
    'fi',
    'unset lazyspec_rest',
    END,
    '',
  ].join('\n');
}

/** What earlier versions wrote, in front of the rest. */
const FORMER = [
  [BEGIN, 'lazyspec-hooks "$@" || exit', END],
  [
    BEGIN,
    'lazyspec_pushed=$(cat)',
    'if [ -n "$lazyspec_pushed" ]; then',
    `printf '%s\\n' "$lazyspec_pushed" | lazyspec-hooks "$@" || exit`,
    'exec <<LAZYSPEC_PUSHED',
    '$lazyspec_pushed',
    'LAZYSPEC_PUSHED',
    'else',
    'exec </dev/null',
    'fi',
    END,
  ],
].map((lines) => lines.join('\n'));
const VERSIONS = [
  ...(['pre-commit', 'pre-push'] as const).flatMap((hook) =>
    [false, true].map((asProgram) => block(hook, 'lazyspec-hooks', asProgram)),
  ),
  ...FORMER,
];
const OUR_LINES = new Set(VERSIONS.join('\n').split('\n').map(normal));

/** Below the shebang, or the line by which husky 5 to 8 take over: above it all would run twice. */
function withBlock(text: string, block: string): string {
  const line = /^\. .*husky\.sh.*$/m.exec(text) ?? /^#!.*/.exec(text);
  if (!line) return block + text;
  const end = text.indexOf('\n', line.index);
  if (end < 0) return `${text}\n${block}`;
  return text.slice(0, end + 1) + block + text.slice(end + 1);
}

/** Lines that were added to our part stay, in its place. */
function withoutBlock(text: string): { rest: string; added: string[] } {
  const split = splitAtOurs(text, VERSIONS);
  if (!split) return { rest: text, added: [] };
  const { before, after, lines } = split;
  const added = split.added ?? lines.filter(isForeign);
  const others = withoutBlock(after);
  return { rest: before + added.join('') + others.rest, added: [...added, ...others.added] };
}

function isForeign(line: string): boolean {
  return !OUR_LINES.has(normal(line)) && !OUR_COMMAND.test(line);
}
