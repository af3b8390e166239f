/** Every hook manager, and every way to change a document: who refuses it, if anybody. */

import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACTS } from './acts.ts';
import { EXPECTED } from './expected.ts';
import type { SetUp, Title } from './managers.ts';
import { setUps } from './managers.ts';
import type { Tried } from './outcome.ts';
import { tryAll } from './outcome.ts';
import { commitConfiguration, installHooks, managedProject } from './project.ts';
import { markdown } from './table.ts';

type Column = Map<string, Tried | Error> | Error;

const columns = new Map<Title, Column>();
const here = setUps().filter(({ title, missing }) => {
  if (missing) process.stderr.write(`skipped: the acts under ${title}: ${missing}\n`);
  return !missing;
});

async function column(setUp: SetUp): Promise<Column> {
  const project = await managedProject(setUp);
  try {
    const found = await installHooks(project.clone, setUp);
    if (found !== setUp.found) throw new Error(`install found ${found}`);
    await commitConfiguration(project.clone);
    return await tryAll(project, ACTS);
  } finally {
    await project.sandbox.dispose();
  }
}

/** As many at a time as there are processors: most of the time goes by in other processes. */
async function tryColumns(): Promise<void> {
  const left = [...here];
  const work = async () => {
    for (let setUp = left.shift(); setUp; setUp = left.shift()) {
      columns.set(setUp.title, await column(setUp).catch((error: Error) => error));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function cell(title: Title, act: string): Tried {
  const tried = columns.get(title);
  const result = tried instanceof Error ? tried : tried?.get(act);
  if (result instanceof Error) throw result;
  if (!result) throw new Error(`${act} was not tried`);
  return result;
}

describe('hook managers', () => {
  beforeAll(tryColumns, 600_000);
  afterAll(() => {
    const seen = Object.keys(EXPECTED).map((act) => {
      const cells = here.map(({ title }) => {
        const tried = columns.get(title);
        const result = tried instanceof Error ? tried : tried?.get(act);
        return [title, result && 'outcome' in result ? result.outcome : 'failed'];
      });
      return [act, Object.fromEntries(cells)];
    });
    process.stdout.write(`\n${markdown(Object.fromEntries(seen))}\n\n`);
  });

  it('are tried with every act of the table', () => {
    expect(ACTS.map(({ title }) => title)).toEqual(Object.keys(EXPECTED));
  });

  describe.each(setUps().map(({ title, missing }) => [title, missing] as const))(
    'under %s',
    (title, missing) => {
      const test = missing ? it.skip : it;

      test.each(ACTS.map((act) => [act.title, act] as const))(
        '%s',
        (_, { title: act, documents, linked }) => {
          const { outcome, refused, noise } = cell(title, act);
          const expected = EXPECTED[act]?.[title];
          expect({ manager: title, act, outcome }).toEqual({
            manager: title,
            act,
            outcome: expected,
          });
          expect(noise).toBe('');
          if (outcome !== 'passes' && documents.length > 0 && (!linked || refused.length > 0))
            expect(refused).toEqual(documents);
        },
      );

      test('its own jobs still run, and are told what is pushed', () => {
        const { marks } = cell(title, 'commit without documents');
        const told = ['pre-commit', 'prek'].includes(title)
          ? []
          : [expect.stringMatching(/^\S+ [0-9a-f]{40} /)];
        expect(marks).toEqual(['pre-commit', 'pre-push', ...told]);
      });
    },
  );
});
