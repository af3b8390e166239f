/** Workflow commands as the runner of GitHub Actions finds them in what a step prints. */

export interface WorkflowCommand {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/**
 * The rules of actions/runner (ActionCommandManager, ActionCommand): `::name properties::data` at
 * the beginning of a line, after blanks; or, in an older form, `##[name properties]data` anywhere in
 * it. After `stop-commands` nothing is one, until its token comes.
 */
export function workflowCommands(output: string): WorkflowCommand[] {
  const found: WorkflowCommand[] = [];
  let token: string | undefined;
  for (const line of output.split(/\r\n|\r|\n/)) {
    const command = newForm(line) ?? oldForm(line);
    if (!command) continue;
    if (token !== undefined) {
      if (command.name === token) token = undefined;
    } else if (command.name === 'stop-commands') {
      token = command.data;
    } else {
      found.push(command);
    }
  }
  return found;
}

function newForm(line: string): WorkflowCommand | undefined {
  const match = /^\s*::(?<name>[^ :]+)(?: (?<told>.*?))?::(?<data>.*)$/.exec(line);
  if (!match?.groups) return undefined;
  const { name = '', told = '', data = '' } = match.groups;
  return { name, properties: propertiesOf(told, ','), data: unescaped(data) };
}

function oldForm(line: string): WorkflowCommand | undefined {
  const match = /##\[(?<name>[^ \]]+)(?: (?<told>[^\]]*))?\](?<data>.*)$/.exec(line);
  if (!match?.groups) return undefined;
  const { name = '', told = '', data = '' } = match.groups;
  return { name, properties: propertiesOf(told, ';'), data: unescaped(data) };
}

function propertiesOf(told: string, separator: string): Record<string, string> {
  const pairs = told.split(separator).filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), unescaped(pair.slice(at + 1))];
    }),
  );
}

const ESCAPES: Record<string, string> = {
  '%0D': '\r',
  '%0A': '\n',
  '%3A': ':',
  '%2C': ',',
  '%25': '%',
};

function unescaped(text: string): string {
  return text.replace(/%(0D|0A|3A|2C|25)/g, (code) => ESCAPES[code] ?? code);
}
