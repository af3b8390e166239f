/**
 * Node ends with 0 for an empty file too, and with 1 for one that was cut off. Callers that must not take
 * either for an answer pass `--verdict` first: every exit status that the program means is then 100
 * more. By argument, not by environment: nothing that the program starts inherits it.
 */
const OFFSET = 100;

function isAsked(): boolean {
  return process.argv[2] === '--verdict';
}

/** The command line without that. */
export function programArguments(): string[] {
  return process.argv.slice(isAsked() ? 3 : 2);
}

/** @param status as the documentation has it @returns what the process is to end with */
export function verdict(status: number): number {
  return isAsked() ? status + OFFSET : status;
}
