/**
 * lefthook: a job for each hook, as a script. Not as a command (`run:`): lefthook skips those where
 * it finds no staged file (a change of type is none to it) or no pushed file (another branch than
 * the one that is checked out).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../../errors.ts';
import type { Hook } from '../../hook-names.ts';
import { ALL_HOOKS, HOOKS } from '../../hook-names.ts';
import { readJson, removeJson, setJson } from '../edit-json.ts';
import { addToList, readYaml, removeFromList } from '../edit-yaml.ts';
import type { Files } from '../files.ts';
import { emptyToNone } from '../files.ts';
import { generatedHooks, isActive, runStep } from '../generated-hooks.ts';
import { foreignHooks } from '../git-hook-files.ts';
import { OUR_COMMAND } from '../our-part.ts';
import type { Place } from '../place.ts';
import { unwantedHooks } from '../place.ts';
import { findProgram, runProgram } from '../programs.ts';
import type { Manager } from './manager.ts';

/** Where lefthook looks, in its order. */
const CONFIGS = ['lefthook', '.lefthook', '.config/lefthook'].flatMap((name) =>
  ['yml', 'yaml', 'toml', 'json', 'jsonc'].map((extension) => `${name}.${extension}`),
);
const SCRIPT = 'lazyspec-hooks.sh';
/** lefthook reads its JSON so. */
const JSONC = { comments: true };
/** Its hooks, and the file in which it notes which configuration they were made from. */
const GENERATED = /\bcall_lefthook\b|^[0-9a-f]{32} \d+ /;

export const lefthook: Manager = {
  name: 'lefthook',

  async detect(place) {
    if (isActive(place, GENERATED)) {
      return { active: true, because: `the hooks in ${place.hooksFolder} are lefthook's` };
    }
    const path = configPath(place);
    return path ? { active: false, because: `${path} exists` } : undefined;
  },

  async install(place, files) {
    assertKnowsJobs(place);
    const path = configPath(place) ?? join(place.root, 'lefthook.yml');
    // Put in by hand, where only a hand can.
    if (isToml(path) && files.mentions(path, SCRIPT)) {
      return this.unheard(place).length > 0 ? sync(place) : {};
    }
    const before = files.read(path);
    const unwanted = unwantedHooks(place);
    files.edit(path, (text = '') => withJobs(path, withoutJobs(path, text, unwanted), place.hooks));
    const config = parse(path, files.read(path) ?? '');
    for (const { hook, script } of scripts(place, config, place.hooks)) {
      files.edit(script, (text) => wantedScript(place, hook, text));
    }
    const stay = scripts(place, config, unwanted).flatMap(({ script }) => takeOut(script, files));
    const complete = files.read(path) === before && this.unheard(place).length === 0;
    const { run, notes = [] } = complete ? {} : sync(place);
    const lost = run ? foreignHooks(place.hooksFolder, Object.keys(config), GENERATED) : [];
    return {
      ...(run && { run }),
      notes: [
        ...notes,
        ...stay,
        ...lost.map((hook) => `lefthook keeps ${hook} as ${hook}.old, and does not run it`),
        ...conditions(path, config, place.hooks),
      ],
    };
  },

  async uninstall(place, files) {
    const path = configPath(place);
    // A configuration that does not name us need not even be one that can be read.
    if (!path || !files.mentions(path, SCRIPT)) return {};
    if (isToml(path)) return { notes: [`Take our jobs out of ${path} by hand`] };
    const before = files.read(path);
    const config = parse(path, before ?? '');
    // The jobs go last: killed before that, the next uninstall still finds the scripts by them.
    const stay = scripts(place, config, ALL_HOOKS).flatMap(({ script }) => takeOut(script, files));
    files.edit(path, (text = '') => emptyToNone(withoutJobs(path, text, ALL_HOOKS)));
    if (files.read(path) === before) return {};
    const { notes = [], ...plan } = sync(place);
    return { ...plan, notes: [...notes, ...stay] };
  },

  async later(place, files) {
    const path = configPath(place);
    if (!path || isToml(path)) return undefined;
    const config = parse(path, files.read(path) ?? '');
    const hook = (config['pre-commit'] ?? {}) as Record<string, unknown>;
    const isLast = isOurs(jobsOf(config, 'pre-commit').at(-1));
    const later = [
      ...(hook.parallel === true ? ["jobs in parallel ('parallel: true')"] : []),
      ...(isLast ? [] : ['jobs behind ours']),
      // lefthook runs these once all jobs have run.
      ...['commands', 'scripts'].filter((key) => hook[key] !== undefined),
    ];
    return later.length > 0 ? `${later.join(', ')} in ${path}` : undefined;
  },

  scriptFolders(place, files) {
    const path = configPath(place);
    const text = path && !isToml(path) ? files.read(path) : undefined;
    const config = path && text ? parse(path, text) : {};
    const { source_dir_local: local } = config;
    return [sourceFolder(config), typeof local === 'string' ? local : '.lefthook-local'];
  },

  unheard(place) {
    const heard = generatedHooks(place, GENERATED);
    return place.hooks.filter((hook) => !heard.includes(hook));
  },

  generated: GENERATED,
};

function sync(place: Place) {
  return runStep(place, 'lefthook', ['install'], { more: ['info/lefthook.checksum'] });
}

/** An older lefthook passes over jobs without a word, and every commit with them. */
function assertKnowsJobs(place: Place): void {
  const program = findProgram(place, 'lefthook');
  if (program === undefined) return;
  const { root: cwd, env } = place;
  const version = runProgram({ program, args: ['version'], cwd, env }).trim();
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 10)) return;
  throw new LazyspecError('USAGE', `lefthook ${version} is too old: it knows no jobs`, {
    remedy: 'Update it to 1.10 or newer, then run this again. Nothing was changed.',
  });
}

function configPath({ root }: Place): string | undefined {
  return CONFIGS.map((name) => join(root, name)).find((path) => existsSync(path));
}

interface Job {
  script: string;
  runner: string;
  use_stdin?: true;
}

function job(hook: Hook): Job {
  const stdin = hook === 'pre-push' ? { use_stdin: true as const } : {};
  return { script: SCRIPT, runner: 'sh', ...stdin };
}

function isOurs(item: unknown): boolean {
  return (item as Partial<Job> | null)?.script === SCRIPT;
}

function withJobs(path: string, text: string, hooks: readonly Hook[]): string {
  const config = parse(path, text);
  let edited = text;
  for (const hook of hooks) {
    const present = jobsOf(config, hook).some(isOurs);
    if (!present) edited = addJob(path, edited, hook);
  }
  return edited;
}

function addJob(path: string, text: string, hook: Hook): string {
  if (isYaml(path)) return addToList(path, text, [hook, 'jobs'], job(hook));
  const jobs = [...jobsOf(parse(path, text), hook), job(hook)];
  return setJson(path, text, [hook, 'jobs'], jobs, JSONC);
}

function withoutJobs(path: string, text: string, hooks: readonly Hook[]): string {
  let edited = text;
  for (const hook of hooks) {
    const jobs = jobsOf(parse(path, edited), hook);
    const rest = jobs.filter((one) => !isOurs(one));
    if (rest.length === jobs.length) continue;
    if (isYaml(path)) edited = removeFromList(path, edited, [hook, 'jobs'], isOurs);
    else if (rest.length > 0) edited = setJson(path, edited, [hook, 'jobs'], rest, JSONC);
    else edited = removeJson(path, edited, [hook, 'jobs'], { ...JSONC, pruneEmpty: true });
  }
  return edited;
}

function jobsOf(config: Record<string, unknown>, hook: Hook): unknown[] {
  const jobs = (config[hook] as { jobs?: unknown } | null | undefined)?.jobs;
  return Array.isArray(jobs) ? jobs : [];
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

function isToml(path: string): boolean {
  return path.endsWith('.toml');
}

function parse(path: string, text: string): Record<string, unknown> {
  if (isToml(path)) {
    throw new LazyspecError('USAGE', `${path} cannot be edited without losing its comments`, {
      remedy: `Add to each of ${HOOKS.join(', ')}: [[<hook>.jobs]] script = "${SCRIPT}", runner = "sh", for pre-push also use_stdin = true; and the scripts .lefthook/<hook>/${SCRIPT}: sh node_modules/lazyspec-hooks/hooks/<hook> "$@"`,
    });
  }
  const config = isYaml(path) ? readYaml(path, text) : readJson(path, text || '{}', JSONC);
  if (config === null || config === undefined) return {};
  if (typeof config === 'object' && !Array.isArray(config)) {
    return config as Record<string, unknown>;
  }
  throw new LazyspecError('CONFIG_INVALID', `${path} is not a table of hooks`, {
    remedy: 'Mend it as lefthook wants it, then run this again. Nothing was changed.',
  });
}

function scripts(
  { root }: Place,
  config: Record<string, unknown>,
  hooks: readonly Hook[],
): { hook: Hook; script: string }[] {
  return hooks.map((hook) => ({ hook, script: join(root, sourceFolder(config), hook, SCRIPT) }));
}

/** @returns what has to be said of it */
function takeOut(script: string, files: Files): string[] {
  const added = addedTo(files.read(script));
  files.edit(script, () => (added === '' ? undefined : added));
  return added === '' ? [] : [`${script} has lines of yours, which no job runs any more`];
}

/** The lines of our script that are not ours. */
function addedTo(text = ''): string {
  const lines = text.split(/(?<=\n)/);
  return lines.filter((line) => !OUR_LINE.test(line.trim())).join('');
}

function sourceFolder({ source_dir: folder }: Record<string, unknown>): string {
  return typeof folder === 'string' ? folder : '.lefthook';
}

function wantedScript(place: Place, hook: Hook, text?: string): string {
  return `#!/bin/sh
${WRITTEN}
${place.command(hook)} "$@" || exit
${addedTo(text)}`;
}

const WRITTEN =
  '# Refuses changes to documents that you have not claimed. Written by lazyspec-hooks install.';
/** Earlier versions had no `|| exit`. */
const OUR_LINE = new RegExp(
  `^(#!/bin/sh|${WRITTEN}|${OUR_COMMAND.source} "\\$@"( \\|\\| exit)?|)$`,
);

/** Hooks that lefthook itself is told not to run at times: ours is not run then either. */
function conditions(
  path: string,
  config: Record<string, unknown>,
  hooks: readonly Hook[],
): string[] {
  return hooks
    .filter((hook) => {
      const settings = (config[hook] ?? {}) as Record<string, unknown>;
      return settings.skip !== undefined || settings.only !== undefined;
    })
    .map((hook) => `${path} skips ${hook} at times ('skip' or 'only'): ours is skipped with it`);
}
