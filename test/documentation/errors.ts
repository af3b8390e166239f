/** docs/errors.md, made from the guide in src/error-guide.ts. */
import type { ExplainedCode } from '../../src/commands/explain-code.ts';

export function errorsDocument(codes: readonly ExplainedCode[]): string {
  return `# Error codes

With \`--json\` a failure is \`{"error": {"code", "message", "remedy", …}}\`. The same on the command
line: \`lazyspec-lease explain <CODE>\`. What each exit status means:
[commands.md](commands.md#exit-status-and-error-codes).

This file is written by \`npm run docs\`; \`npm test\` compares it with \`src/error-guide.ts\`.
${codes.map(section).join('')}`;
}

function section({ code, exitStatus, meaning, causes, remedies }: ExplainedCode): string {
  return `
## ${code}

${meaning} Exit status ${exitStatus}.

Why:

${list(causes)}

What to do:

${list(remedies)}
`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
