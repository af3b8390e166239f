import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_COORDINATION, DEFAULT_GATE, DEFAULT_TYPE } from '../../../src/config/defaults.ts';

interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  required?: string[];
}

const file = new URL('../../../schemas/config.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema;

function propertiesOf(of: Schema | undefined): Record<string, Schema> {
  return of?.properties ?? {};
}

/** Every object inside the schema that may be one itself. */
function subschemas(value: unknown): Schema[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Schema, ...Object.values(value).flatMap(subschemas)];
}

function defaultsOf(of: Schema | undefined): Record<string, unknown> {
  const withDefault = Object.entries(propertiesOf(of)).filter(([, value]) => 'default' in value);
  return Object.fromEntries(withDefault.map(([key, value]) => [key, value.default]));
}

describe('the published schema', () => {
  it('tells the defaults that the code has', () => {
    const { coordination, gate } = propertiesOf(schema);
    expect(defaultsOf(coordination)).toEqual(DEFAULT_COORDINATION);
    expect(defaultsOf(gate)).toEqual(DEFAULT_GATE);
    expect(defaultsOf(schema.definitions?.documentType)).toEqual(DEFAULT_TYPE);
  });

  it('has a default for every property that is not a table, required, or derived', () => {
    const { coordination, gate } = propertiesOf(schema);
    const type = schema.definitions?.documentType;
    const without = [coordination, gate, type].flatMap((table) =>
      Object.entries(propertiesOf(table))
        .filter(([key, value]) => !('default' in value) && !table?.required?.includes(key))
        .map(([key]) => key),
    );
    expect(without).toEqual(['plural']);
  });

  it('describes every property', () => {
    const properties = subschemas(schema).flatMap((one) => Object.entries(propertiesOf(one)));
    const silent = properties.filter(([, { description }]) => !description).map(([key]) => key);
    expect(silent).toEqual([]);
    expect(properties.length).toBeGreaterThan(20);
  });

  it('says in words what each pattern allows', () => {
    const patterns = subschemas(schema).filter(({ pattern }) => typeof pattern === 'string');
    expect(patterns.map(({ title }) => typeof title)).toEqual(patterns.map(() => 'string'));
  });

  it('closes no table, and asks for no unique items', () => {
    const text = JSON.stringify(schema);
    expect(text).not.toContain('additionalProperties');
    expect(text).not.toContain('uniqueItems');
  });
});
