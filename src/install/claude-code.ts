/**
 * Claude Code: commands in .claude/settings.json, and the script that they call. What somebody has
 * changed in our commands (another interval, a longer matcher) is left as it is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { readJson, removeJson, setJson } from './edit-json.ts';
import type { Files } from './files.ts';
import type { Place } from './place.ts';

const SCRIPT = '.claude/hooks/lazyspec-hooks.sh';
/** In the script, however old, and in nobody else's. */
const MARK = 'lazyspec-hooks install --agent claude-code';

/** @throws {LazyspecError} USAGE, CONFIG_INVALID where they cannot be put in */
export function claudeCodeInstall(place: Place, files: Files): void {
  const script = scriptPath(place);
  if (files.read(script) !== undefined && !files.mentions(script, MARK)) {
    throw new LazyspecError('USAGE', `${script} is not ours`, {
      remedy: 'Move it away, then run this again. Nothing was changed.',
    });
  }
  const { settings, script: wanted } = shippedClaudeCode();
  files.edit(script, () => wanted, { executable: true });
  const path = settingsPath(place);
  files.edit(path, (text = '{}\n') => {
    let edited = text;
    for (const [event, groups] of Object.entries(settings.hooks)) {
      const present = groupsOf(path, edited, event);
      if (handlersIn(present).length > 0) continue;
      for (const group of groups) {
        const last = groupsOf(path, edited, event).length;
        edited = setJson(path, edited, ['hooks', event, last], group);
      }
    }
    return edited;
  });
}

export function claudeCodeUninstall(place: Place, files: Files): void {
  const path = settingsPath(place);
  const script = scriptPath(place);
  // Settings that do not name us need not even be such as can be read. They go first: killed
  // before that, nothing calls a script that is gone.
  if (files.mentions(path, SCRIPT)) {
    files.edit(path, (text = '') => withoutOurs(path, text));
  }
  if (files.mentions(script, MARK)) files.edit(script, () => undefined);
}

/** What of ours is there. @throws {LazyspecError} CONFIG_INVALID for settings that cannot be read */
export function claudeCodeState(root: string, files: Files) {
  const path = settingsPath({ root });
  const { hooks } = files.mentions(path, SCRIPT)
    ? objectIn(readJson(path, files.read(path) ?? ''))
    : {};
  const called = Object.entries(objectIn(hooks)).flatMap(([event, groups]) =>
    Array.isArray(groups) && handlersIn(groups).length > 0 ? event : [],
  );
  const text = files.read(scriptPath({ root }));
  const current = text === shippedClaudeCode().script;
  return {
    /** The events at which the agent calls us. */
    called,
    script: text === undefined ? 'none' : current ? 'current' : 'other',
  };
}

/** What is put into a repository: the files in templates/claude-code. */
export function shippedClaudeCode(): {
  settings: { hooks: Record<string, unknown[]> };
  script: string;
} {
  const read = (name: string) =>
    readFileSync(join(packageRoot(), 'templates', 'claude-code', name), 'utf8');
  return { settings: JSON.parse(read('settings.json')), script: read('lazyspec-hooks.sh') };
}

function settingsPath({ root }: Pick<Place, 'root'>): string {
  return join(root, '.claude', 'settings.json');
}

function scriptPath({ root }: Pick<Place, 'root'>): string {
  return join(root, SCRIPT);
}

function withoutOurs(path: string, text: string): string {
  const hooks = (objectIn(readJson(path, text)).hooks ?? {}) as Record<string, unknown>;
  let edited = text;
  for (const event of Object.keys(objectIn(hooks))) {
    // From the last, so that the places of the others stay what they are.
    for (const at of handlersIn(groupsOf(path, edited, event)).reverse()) {
      const group = at.alone ? [] : ['hooks', at.handler];
      const options = { pruneEmpty: true };
      edited = removeJson(path, edited, ['hooks', event, at.group, ...group], options);
    }
  }
  return edited;
}

function groupsOf(path: string, text: string, event: string): unknown[] {
  const hooks = objectIn(readJson(path, text)).hooks;
  const groups = objectIn(hooks)[event];
  return Array.isArray(groups) ? groups : [];
}

/** Where our commands are among the groups of an event. */
function handlersIn(groups: readonly unknown[]) {
  return groups.flatMap((group, index) => {
    const { hooks } = objectIn(group);
    const handlers = Array.isArray(hooks) ? hooks : [];
    return handlers.flatMap((handler, number) =>
      isOurs(handler) ? { group: index, handler: number, alone: handlers.length === 1 } : [],
    );
  });
}

function isOurs(handler: unknown): boolean {
  const { command } = objectIn(handler);
  return typeof command === 'string' && command.includes(SCRIPT);
}

function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
