import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Step } from '../../../src/install/apply.ts';
import { applySteps } from '../../../src/install/apply.ts';
import { files } from './state.ts';

describe('a plan that fails half-way', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lazyspec steps-'));
    writeFileSync(at('old'), 'old\n', { mode: 0o755 });
    writeFileSync(at('gone'), 'gone\r\n\u00ff', { mode: 0o600 });
    symlinkSync('old', at('link'));
    linkSync(at('old'), at('second'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string): Step => {
    return { do: 'write', path: at(name), content: Buffer.from('new\n'), mode: 0o644 };
  };

  it('is taken back, whatever its steps did', () => {
    const before = files(folder);
    const steps: Step[] = [
      write('old'),
      write('new'),
      { do: 'keep', path: at('link'), as: at('link.kept') },
      write('link'),
      { do: 'keep', path: at('second'), as: at('second.kept') },
      { do: 'rename', path: at('second.kept'), to: at('old') },
      { do: 'remove', path: at('gone') },
    ];
    expect(() => applySteps([...steps, write('old/below a file')])).toThrow(
      expect.objectContaining({
        code: 'FILE_SYSTEM',
        remedy: expect.stringContaining('Everything is as it was'),
      }),
    );
    expect(files(folder)).toEqual(before);
  });

  it('does not keep a file under a name that is taken', () => {
    const before = files(folder);
    const step: Step = { do: 'keep', path: at('old'), as: at('gone') };
    expect(() => applySteps([step])).toThrow(/EEXIST/);
    expect(files(folder)).toEqual(before);
  });

  it('does not write over what was changed meanwhile', () => {
    const before = files(folder);
    const step = (name: string, content: string): Step => {
      return { ...write(name), before: Buffer.from(content) } as Step;
    };
    const steps = [step('old', 'old\n'), step('gone', 'as it was when the plan was made')];
    expect(() => applySteps(steps)).toThrow(/it was changed meanwhile/);
    expect(files(folder)).toEqual(before);
  });

  it('does not write over what was written meanwhile where there was nothing', () => {
    const before = files(folder);
    const fresh = (name: string): Step => ({ ...write(name), fresh: true }) as Step;
    expect(() => applySteps([fresh('new'), fresh('old')])).toThrow(/it was written meanwhile/);
    expect(files(folder)).toEqual(before);
  });

  it('leaves no file of its own behind', () => {
    applySteps([write('old'), write('new')]);
    expect(
      Object.keys(files(folder))
        .map((path) => path.replace(/^.*\//, ''))
        .sort(),
    ).toEqual(['gone', 'link', 'new', 'old', 'second']);
  });
});
