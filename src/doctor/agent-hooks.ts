/** Whether a coding agent's hooks here call ours, as this version would have them. */
import { claudeCodeState } from '../install/claude-code.ts';
import type { Files } from '../install/files.ts';
import type { Finding } from './finding.ts';
import { ok, warning } from './finding.ts';

/** @returns nothing where no agent is set up here: that is as good */
export function checkAgentHooks(root: string, files: Files): Finding[] {
  const check = 'agent-hooks';
  const { called, script } = claudeCodeState(root, files);
  if (called.length === 0) return [];
  const remedy = 'npx lazyspec-hooks install --agent claude-code';
  if (script !== 'current') {
    const what =
      script === 'none' ? 'call a script that is gone' : 'call the script of another version';
    return [warning(check, `the hooks of Claude Code ${what}`, remedy)];
  }
  if (!called.includes('PreToolUse')) {
    return [warning(check, 'Claude Code does not ask before an edit', remedy)];
  }
  return [ok(check, 'Claude Code asks before an edit')];
}
