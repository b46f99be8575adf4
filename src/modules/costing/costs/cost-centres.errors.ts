import { defineProblem } from '../../../platform/errors.ts';

export const COST_CENTRE_CODE_TAKEN = defineProblem({
  code: 'COST_CENTRE_CODE_TAKEN',
  status: 409,
  title: 'The centre has a cost centre with this code',
  help: 'Use the cost centre there is, or another code.',
});

export const COST_CENTRE_SERVICE = defineProblem({
  code: 'COST_CENTRE_SERVICE',
  status: 422,
  title: 'A final cost centre names the service it feeds, a support one names none',
  help: 'Give `serviceId` with type `final`, and leave it out with type `support`.',
});

export const COST_PLACE_UNCLEAR = defineProblem({
  code: 'COST_PLACE_UNCLEAR',
  status: 422,
  title: 'Cost is booked on a service or on a cost centre, never on both',
  help: 'Give either `serviceId` or `costCentreId`.',
});

export const COST_CENTRE_RETIRED = defineProblem({
  code: 'COST_CENTRE_RETIRED',
  status: 409,
  title: 'The cost centre takes no more cost',
  help: 'Book the cost on the cost centre that took its place, or take the retirement back.',
});

export const SECONDARY_PLAN_MISSING = defineProblem({
  code: 'SECONDARY_PLAN_MISSING',
  status: 422,
  title: 'Support cost centres have cost and nothing says who bears it',
  help: 'Record at /secondary-plans who used them, as of a day before the end of the period.',
});

export const POOL_SOURCES_SUM = defineProblem({
  code: 'POOL_SOURCES_SUM',
  status: 422,
  title: 'The cost of a pool is not what was booked on its service and its cost centres',
  help: 'The snapshot was changed: pool cost = direct cost + total of the final cost centres that name the pool.',
});

export const COST_LINE_MAPPING_BROKEN = defineProblem({
  code: 'COST_LINE_MAPPING_BROKEN',
  status: 422,
  title: 'The mapping cannot read any file',
  help: 'Name a column for the cost centre or the service, one for S and H only where the sign needs it, and no column twice.',
});

export const COST_LINE_MAPPING_NAME_TAKEN = defineProblem({
  code: 'COST_LINE_MAPPING_NAME_TAKEN',
  status: 409,
  title: 'The centre has a mapping with this name',
  help: 'Change the mapping there is, or choose another name.',
});

export const COST_LINE_MAPPING_UNKNOWN = defineProblem({
  code: 'COST_LINE_MAPPING_UNKNOWN',
  status: 422,
  title: 'There is no such mapping',
  help: 'Use the id of a mapping from /cost-line-mappings.',
});
