/**
 * husky: a few lines at the top of `.husky/<hook>`. At the top, because what stands there may end
 * with `exec` or `exit`, and because whoever is refused should not wait for the linters first.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Hook } from '../../hook-names.ts';
import { ALL_HOOKS } from '../../hook-names.ts';
import type { Files } from '../files.ts';
import { huskyFolder } from '../husky-folder.ts';
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
    for (const { hook, path } of scripts(place, place.hooks)) {
      const block = ours(hook, place);
      files.edit(
        path,
        (text = areHooks ? SHEBANG : '') =>
          text.includes(block) ? text : withBlock(withoutBlock(text), block),
        { executable: areHooks },
      );
    }
    for (const { path } of scripts(place, unwantedHooks(place))) takeOut(path, files);
    if (huskyFolder(place)) return {};
    return { notes: ['husky is not set up in this clone yet. Run: npx husky'] };
  },

  async uninstall(place, files) {
    // Those that install has changed, also where husky has moved to another folder since.
    const paths = new Set([
      ...scripts(place, ALL_HOOKS).map(({ path }) => path),
      ...place.recorded,
    ]);
    for (const path of paths) takeOut(path, files);
    return {};
  },

  scriptFolders: (place) => [relative(place.root, scriptFolder(place)).split(sep).join('/')],

  unheard(place) {
    return place.hooks.filter((hook) => !existsSync(join(place.hooksFolder, hook)));
  },
};

const SHEBANG = '#!/bin/sh\n';

function takeOut(path: string, files: Files): void {
  // A script that does not name us need not even be one that can be read.
  if (!files.mentions(path, BEGIN)) return;
  files.edit(path, (text = '') => {
    const rest = withoutBlock(text);
    return rest === '' || rest === SHEBANG ? undefined : rest;
  });
}

function scripts(place: Place, hooks: readonly Hook[]): { hook: Hook; path: string }[] {
  return hooks.map((hook) => ({ hook, path: join(scriptFolder(place), hook) }));
}

function scriptFolder(place: Place): string {
  return huskyFolder(place) ?? join(place.root, '.husky');
}

const BEGIN = '# lazyspec-hooks: refuses changes to documents that you have not claimed';
const END = '# lazyspec-hooks: end';

function ours(hook: Hook, place: Place): string {
  const command = place.command(hook);
  const lines =
    hook === 'pre-push'
      ? [
          // git's lines are for every command in the file, and can be read only once.
          'lazyspec_pushed=$(cat)',
          'if [ -n "$lazyspec_pushed" ]; then',
          `  printf '%s\\n' "$lazyspec_pushed" | ${command} "$@" || exit`,
          '  exec <<LAZYSPEC_PUSHED',
          '$lazyspec_pushed',
          'LAZYSPEC_PUSHED',
          'else',
          '  exec </dev/null',
          'fi',
        ]
      : [`${command} "$@" || exit`];
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** Below the shebang, or the line by which husky 5 to 8 take over: above it all would run twice. */
function withBlock(text: string, block: string): string {
  const line = /^\. .*husky\.sh.*$/m.exec(text) ?? /^#!.*/.exec(text);
  if (!line) return block + text;
  const end = text.indexOf('\n', line.index);
  if (end < 0) return `${text}\n${block}`;
  return text.slice(0, end + 1) + block + text.slice(end + 1);
}

/** Also a block that an older version of us wrote, or that names another path. */
function withoutBlock(text: string): string {
  const start = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`, start);
  if (start < 0 || end < 0) return text;
  return text.slice(0, start) + text.slice(end + END.length + 1);
}
