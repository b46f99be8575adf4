import { defineProblem } from './errors.ts';

export const JSON_INVALID = defineProblem({
  code: 'JSON_INVALID',
  status: 400,
  title: 'Not valid JSON',
  help: 'Correct the text at the line and column given; a key may occur only once in an object.',
});

export const VALIDATION_FAILED = defineProblem({
  code: 'VALIDATION_FAILED',
  status: 400,
  title: 'The data does not have the expected shape',
  help: 'Correct every place listed in errors; unknown fields are errors too.',
});
