/**
 * Reading what git answers. It may be killed in mid-answer, or stand behind a wrapper that loses
 * some of it: what is not whole is no answer, and never "there is none". What cannot be told is an
 * answer that is right in form; nothing at all is one wherever there may be none.
 */
import { LazyspecError } from '../errors.ts';

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether a text is the full id of an object. */
export function isOid(text: string | undefined): text is string {
  return text !== undefined && OID.test(text);
}

/** @param command as in `git <command>` */
export function oddAnswer(command: string): LazyspecError {
  return new LazyspecError('GIT_FAILED', `git ${command} gave an answer that cannot be right`, {
    remedy: 'Run the same command again. If it stays so, see which git is first on PATH.',
  });
}

/** Every line, without its end. @throws {LazyspecError} GIT_FAILED where the last one has none */
export function linesOf(command: string, stdout: Buffer): string[] {
  return terminated(command, stdout, '\n');
}

/** Every field of an answer with `-z`. @throws {LazyspecError} GIT_FAILED as `linesOf` */
export function fieldsOf(command: string, stdout: Buffer): string[] {
  return terminated(command, stdout, '\0');
}

function terminated(command: string, stdout: Buffer, end: '\n' | '\0'): string[] {
  const parts = stdout.toString('utf8').split(end);
  if (parts.pop() !== '' || parts.includes('')) throw oddAnswer(command);
  return parts;
}

/** @throws {LazyspecError} GIT_FAILED unless there is exactly one line */
export function lineOf(command: string, stdout: Buffer): string {
  const [line, ...more] = linesOf(command, stdout);
  if (line === undefined || more.length > 0) throw oddAnswer(command);
  return line;
}

/**
 * One full id a line.
 * @param count how many there have to be
 * @throws {LazyspecError} GIT_FAILED
 */
export function oidsOf(command: string, stdout: Buffer, count?: number): string[] {
  const oids = linesOf(command, stdout);
  if (oids.every(isOid) && (count === undefined || oids.length === count)) return oids;
  throw oddAnswer(command);
}
