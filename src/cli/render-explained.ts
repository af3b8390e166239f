import type { ExplainedCode } from '../commands/explain-code.ts';
import type { Paint } from './terminal.ts';

/** All codes, a line each. */
export function codeLines(codes: readonly ExplainedCode[], paint: Paint): string[] {
  const width = Math.max(...codes.map(({ code }) => code.length)) + 2;
  return codes.map(({ code, meaning }) => paint.bold(code.padEnd(width)) + meaning);
}

export function explainedLines(explained: ExplainedCode, paint: Paint): string[] {
  const { code, exitStatus, meaning, causes, remedies } = explained;
  return [
    `${paint.bold(code)} (exit status ${exitStatus})`,
    `  ${meaning}`,
    'Why:',
    ...causes.map((cause) => `  - ${cause}`),
    'What to do:',
    ...remedies.map((remedy) => `  - ${remedy}`),
  ];
}
