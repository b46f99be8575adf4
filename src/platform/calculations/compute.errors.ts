import { defineProblem } from '../errors.ts';

export const CALCULATION_KIND_UNKNOWN = defineProblem({
  code: 'CALCULATION_KIND_UNKNOWN',
  status: 400,
  title: 'No such kind of calculation',
  help: 'Set "kind" to one of the kinds listed in the detail.',
});

export const CALCULATION_NOT_VERIFIABLE = defineProblem({
  code: 'CALCULATION_NOT_VERIFIABLE',
  status: 400,
  title: 'This kind of calculation cannot be verified',
  help: 'Only files of kind "allocation-run" carry a result; compute the others and compare.',
});

export const COMPUTE_USAGE = defineProblem({
  code: 'COMPUTE_USAGE',
  status: 400,
  title: 'The command was not understood',
  help: 'verbund compute [--verify] FILE, or - instead of FILE for standard input.',
});

export const FILE_UNREADABLE = defineProblem({
  code: 'FILE_UNREADABLE',
  status: 400,
  title: 'The file cannot be read',
  help: 'Check path and permissions.',
});

export const RESULT_NOT_WRITTEN = defineProblem({
  code: 'RESULT_NOT_WRITTEN',
  status: 500,
  title: 'The result could not be written',
  help: 'Throw away what was written and compute again; the detail says what the system reported, ENOSPC for a full disk. The exit code is 3.',
});
