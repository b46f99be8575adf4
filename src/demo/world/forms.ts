import type { FormSchema } from '../../modules/catalogue/index.ts';

type Field = Readonly<Record<string, unknown>>;

/** A form with German titles; every field is required unless it is named in `optional`. */
export function form(
  title: string,
  properties: Readonly<Record<string, Field>>,
  optional: readonly string[] = [],
): FormSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    title,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    unevaluatedProperties: false,
    properties,
  };
}

export const field = {
  text: (title: string, description: string, maxLength = 200): Field => ({
    type: 'string',
    title,
    description,
    minLength: 1,
    maxLength,
  }),
  day: (title: string, description: string): Field => ({
    type: 'string',
    title,
    description,
    format: 'date',
  }),
  count: (title: string, description: string, maximum: number): Field => ({
    type: 'integer',
    title,
    description,
    minimum: 1,
    maximum,
  }),
  yesNo: (title: string, description: string): Field => ({ type: 'boolean', title, description }),
  choice: (title: string, description: string, values: readonly string[]): Field => ({
    type: 'string',
    title,
    description,
    enum: values,
  }),
};

/** One case for each request that is closed. */
export const ONE_CASE = { meter: 'cases', unit: 'Fall', quantity: { fixed: '1' } } as const;

/** Census that the population figures of the demo build on. */
export const CENSUS = 'census-2011';
