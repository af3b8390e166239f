/** The configuration that a repository without one could have. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, loadConfig, parseHome } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { DOCUMENT_EXTENSIONS } from '../documents/numbered-name.ts';
import type { ProposedType } from '../documents/propose.ts';
import { proposeTypes } from '../documents/propose.ts';
import { fieldsOf } from '../git/answer.ts';
import type { GitConfig } from '../git/config.ts';
import { mustRun } from '../git/run.ts';
import type { ChosenRemote } from '../install/configuration-text.ts';
import { configurationText, tomlString } from '../install/configuration-text.ts';
import type { Context } from './context.ts';

export interface ProposedConfiguration {
  /** What was recognised; none: the text is a beginning. */
  types: ProposedType[];
  remote: string;
  /** Of the whole file. */
  text: string;
}

/** Undefined where there is a configuration, or something else of its name. Nothing is written. */
export async function proposeConfiguration(
  context: Context,
): Promise<ProposedConfiguration | undefined> {
  const [{ root }, config] = await Promise.all([context.repository(), context.config()]);
  if (config.source !== undefined || isTaken(root)) return undefined;
  // In a large tree only a few files are written in words.
  const patterns = DOCUMENT_EXTENSIONS.map((extension) => `:(top,icase)*${extension}`);
  const [{ stdout }, gitConfig] = await Promise.all([
    mustRun(context.git, ['ls-files', '-z', '--full-name', '--', ...patterns]),
    context.gitConfig(),
  ]);
  const types = proposeTypes(fieldsOf('ls-files', stdout));
  const remote = chooseRemote(gitConfig);
  return { types, remote: remote.name, text: configurationText(types, remote) };
}

/** The configuration that somebody else has written meanwhile. */
export async function writtenMeanwhile(root: string): Promise<Config | undefined> {
  const config = await loadConfig(root);
  return config.source === undefined ? undefined : config;
}

/** The configuration as it is once the text is written. @throws {LazyspecError} CONFIG_INVALID */
export function configurationOf({ text }: ProposedConfiguration): Config {
  return parseHome(HOME, Buffer.from(text));
}

/** Also by a link that leads nowhere. */
function isTaken(root: string): boolean {
  return lstatSync(join(root, HOME), { throwIfNoEntry: false }) !== undefined;
}

function chooseRemote(config: GitConfig): ChosenRemote {
  const remotes = [...new Set(config.remotes())].filter(mayBeNamed);
  const [only] = remotes;
  if (remotes.includes('origin')) {
    const why = remotes.includes('upstream')
      ? ['There is also a remote "upstream": name the one that everybody pushes to.']
      : [];
    return { name: 'origin', why };
  }
  if (only === undefined) {
    return {
      name: '.',
      why: [
        'This clone has no remote, so that claims are kept in it, for its own work trees. When',
        'there is one that everybody pushes to, name it here, such as remote = "origin".',
      ],
    };
  }
  if (remotes.length === 1) {
    return { name: only, why: ['It has to have this name in every clone.'] };
  }
  const name = remotes.includes('upstream') ? 'upstream' : only;
  return {
    name,
    why: ['There are several remotes: name the one that everybody pushes to, alike in each clone.'],
  };
}

/** Whether our own configuration takes the name. */
function mayBeNamed(remote: string): boolean {
  try {
    parseHome(HOME, Buffer.from(`[coordination]\nremote = ${tomlString(remote)}\n`));
    return remote !== '.';
  } catch {
    return false;
  }
}
