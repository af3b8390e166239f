import { PassThrough } from 'node:stream';
import { oddAnswer } from './answer.ts';
import { batchParser } from './cat-file.ts';
import { HISTORY } from './commits.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** Asks for an object; `take` has undefined where it is not here. Answers come in order. */
export type Ask = (oid: string, take: (content: Buffer | undefined) => void) => void;

/** An object of more bytes is not read: a folder of some million files. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads objects with one process of git, where what to ask next depends on the answers.
 * @param begin asks for the first ones, at least one
 */
export async function readAsAsked(git: Git, begin: (ask: Ask) => void): Promise<void> {
  const requests = new PassThrough();
  const waiting: Parameters<Ask>[1][] = [];
  let answered = 0;
  let lines = '';
  const answer = (content?: Buffer) => waiting[answered++]?.(content);
  const parser = batchParser(MOST_BYTES, (_, content) => answer(content), answer);
  const send = () => {
    if (lines) requests.write(lines);
    lines = '';
    if (answered === waiting.length) requests.end();
  };

  begin((oid, take) => {
    lines += `${oid}\n`;
    waiting.push(take);
  });
  send();
  await mustRun(git, ['cat-file', '--batch'], {
    ...HISTORY,
    input: requests,
    onStdout: (chunk) => {
      const isRight = parser.take(chunk);
      send();
      return isRight;
    },
  });
  if (!parser.isAtEnd() || answered < waiting.length) throw oddAnswer('cat-file');
}
