import { defineProblem } from '../../../platform/errors.ts';

export const DUNNING_BLOCK_STANDING = defineProblem({
  code: 'DUNNING_BLOCK_STANDING',
  status: 409,
  title: 'A block of this holds already',
  help: 'GET /dunning-blocks?standing=true lists what holds. Lift that block first, then set one with the new day.',
});

export const DUNNING_BLOCK_DAY_REFUSED = defineProblem({
  code: 'DUNNING_BLOCK_DAY_REFUSED',
  status: 422,
  title: 'Nothing is blocked for days that are past',
  help: 'Name today or a later day as the last one of the block.',
});

export const DUNNING_BLOCK_OVER = defineProblem({
  code: 'DUNNING_BLOCK_OVER',
  status: 409,
  title: 'The block holds no more',
  help: 'Nothing is left to do: it was lifted before, or its last day is past.',
});

export const DUNNING_NOTICE_BLOCKED = defineProblem({
  code: 'DUNNING_NOTICE_BLOCKED',
  status: 409,
  title: 'The letter asks for something that is blocked',
  help: 'GET /dunning-blocks?standing=true lists what holds. Lift the block, or wait for its last day, before the letter is sent.',
});
