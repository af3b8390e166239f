/**
 * Credentials are supplied without a window or not at all: what helpers and askpass programs supply
 * silently (a token of VS Code, a stored password) is used, and waiting for them is reported.
 */
import { basename } from 'node:path';
import { visibleLine } from '../visible-text.ts';
import type { GitConfig } from './config.ts';
import { sshEnvironment } from './ssh.ts';

/** Programs that can only open a window (openssh, KDE, GNOME, LXQt, Git for Windows). */
const WINDOW =
  /^(?:(?:x11-|gnome-|win-)?ssh-askpass.*|ksshaskpass|lxqt-openssh-askpass|git-gui--askpass|git-askpass)(?:\.exe)?$/i;

/** Environment of every git that connects to a remote. */
export function remoteEnvironment(
  env: NodeJS.ProcessEnv,
  config: GitConfig,
): Record<string, string> {
  // In the order in which git looks (prompt.c).
  const askpass = env.GIT_ASKPASS ?? config.get('core.askpass') ?? env.SSH_ASKPASS ?? '';
  return {
    ...sshEnvironment(env, config),
    ...(WINDOW.test(basename(askpass)) && { GIT_ASKPASS: '' }),
    // Git Credential Manager asks in a window unless it is told not to.
    ...(env.GCM_INTERACTIVE === undefined && { GCM_INTERACTIVE: 'never' }),
  };
}

interface ChildEvent {
  event: string;
  sid: string;
  child_id: number;
  use_shell?: boolean;
  argv?: string[];
}

/**
 * The credential helper or askpass program that git waits for, by its trace2 events: a name for a
 * person, or undefined if git waits for none.
 */
export function waitsForCredentials(trace: string): string | undefined {
  const open = new Map<string, string>();
  for (const line of trace.split('\n')) {
    if (!line.includes('"child_start"') && !line.includes('"child_exit"')) continue;
    const { event, sid, child_id, use_shell, argv = [] } = parsed(line);
    const key = `${sid} ${child_id}`;
    const [program = '', question = ''] = argv;
    if (event === 'child_exit') open.delete(key);
    else if (/^(?:Username|Password) for '/.test(question)) open.set(key, program);
    else if (use_shell && program.endsWith(' get'))
      open.set(key, program.slice(0, -' get'.length).replace(/^!?'(.*)'$/, '$1'));
  }
  const [program] = [...open.values()].slice(-1);
  return program && visibleLine(program).slice(0, 100);
}

function parsed(line: string): ChildEvent {
  try {
    return JSON.parse(line) as ChildEvent;
  } catch {
    return { event: '', sid: '', child_id: 0 }; // cut off
  }
}
