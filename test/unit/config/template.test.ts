import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_COORDINATION, DEFAULT_GATE } from '../../../src/config/defaults.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { identifyPath } from '../../../src/documents/identify.ts';
import { folder } from './folder.ts';

const template = readFileSync(new URL('../../../templates/lazyspec.toml', import.meta.url), 'utf8');

describe('the starter configuration', () => {
  it('loads without a problem, and says what the defaults are', async () => {
    const written = await loadConfig(folder({ '.lazyspec.toml': template }));
    const defaults = await loadConfig(folder({ '.lazyspec.toml': '[coordination]\n' }));
    expect(written.coordination).toEqual(defaults.coordination);
    expect(written.gate).toEqual(defaults.gate);
  });

  it('shows every key of its tables', () => {
    for (const key of Object.keys({ ...DEFAULT_COORDINATION, ...DEFAULT_GATE })) {
      expect(template).toMatch(new RegExp(`^${key} = .+# default; `, 'm'));
    }
  });

  it('names the documents of its examples', async () => {
    const { types } = await loadConfig(folder({ '.lazyspec.toml': template }));
    expect(identifyPath('docs/rfcs/RFC-001-some-title.md', types)?.id).toBe('RFC-001');
    expect(identifyPath('docs/decisions/0001-some-title.md', types)?.id).toBe('ADR-0001');
  });
});
