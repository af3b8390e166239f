import type { GitConfig } from './config.ts';

/** Seconds that ssh may take to connect. */
const CONNECT_TIMEOUT = 10;

/**
 * Environment that keeps ssh from waiting for a person, added to the command that the user has
 * set, not in its place. An ssh that is not OpenSSH (plink, a program in $GIT_SSH) has options of
 * its own and is left alone.
 */
export function sshEnvironment(env: NodeJS.ProcessEnv, config: GitConfig): Record<string, string> {
  const set = env.GIT_SSH_COMMAND || config.get('core.sshcommand');
  const variant = env.GIT_SSH_VARIANT || config.get('ssh.variant');
  const isOpenSsh = set ? !/plink|putty/i.test(set) : !env.GIT_SSH;
  if (!isOpenSsh || (variant && variant !== 'ssh' && variant !== 'auto')) return {};
  const options = `-o BatchMode=yes -o ConnectTimeout=${CONNECT_TIMEOUT}`;
  return { GIT_SSH_COMMAND: `${set ?? 'ssh'} ${options}` };
}
