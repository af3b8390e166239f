import { PassThrough } from 'node:stream';
import { oddAnswer } from './answer.ts';
import { batchParser } from './cat-file.ts';
import { HISTORY } from './commits.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export interface Answer {
  oid: string;
  content: Buffer;
}

/** Asks for an object by name; it is undefined where it is not here. Answers come in order. */
export type Ask = (name: string, take: (object: Answer | undefined) => void) => void;

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
  const answer = (object?: Answer) => waiting[answered++]?.(object);
  const parser = batchParser(MOST_BYTES, ({ oid }, content) => answer({ oid, content }), answer);
  const send = () => {
    if (lines) requests.write(lines);
    lines = '';
    if (answered === waiting.length) requests.end();
  };

  begin((name, take) => {
    lines += `${name}\n`;
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
