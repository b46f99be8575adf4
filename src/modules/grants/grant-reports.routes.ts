import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../platform/http/schemas.ts';
import { CostLinePage } from '../costing/index.ts';
import { EligibleCostQuery, EligibleCostView, GrantCostLineQuery } from './eligible-cost.schemas.ts';
import { GRANT_DAY_REFUSED, GRANT_PROOF_TOO_LONG, GRANT_STATE_REFUSED } from './grants.errors.ts';
import type { GrantsService } from './grants.service.ts';
import { ProofOfUseView, ProofQuery } from './proof-of-use.schemas.ts';

const tags = ['Grants'];
const access = 'grant-costs:read';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PDF = 'application/pdf';
const bytes = { schema: { type: 'string', format: 'binary' } };

export const grantReportsRoutes =
  ({ cost, proofs }: GrantsService): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/grants/:id/eligible-cost',
      {
        config: { access, refuses: [GRANT_DAY_REFUSED, GRANT_STATE_REFUSED] },
        schema: {
          tags,
          operationId: 'getGrantEligibleCost',
          summary: 'Actual cost of the approved period by tag, what is not eligible, and what can be drawn',
          params: IdParams,
          querystring: EligibleCostQuery,
          response: { 200: EligibleCostView },
        },
      },
      (request) => cost.eligibleCost(request.ctx, request.params.id, request.query),
    );
    app.get(
      '/grants/:id/cost-lines',
      {
        config: { access, refuses: [GRANT_DAY_REFUSED, GRANT_STATE_REFUSED] },
        schema: {
          tags,
          operationId: 'listGrantCostLines',
          summary: 'The cost lines that a sum of the eligible cost counts, newest day first',
          params: IdParams,
          querystring: GrantCostLineQuery,
          response: { 200: CostLinePage },
        },
      },
      (request) => cost.lines(request.ctx, request.params.id, request.query),
    );
    app.get(
      '/grants/:id/proof-of-use',
      {
        config: { access, refuses: [GRANT_PROOF_TOO_LONG, GRANT_STATE_REFUSED] },
        schema: {
          tags,
          operationId: 'getGrantProofOfUse',
          summary: 'Proof of use (Verwendungsnachweis), the part in figures',
          params: IdParams,
          querystring: ProofQuery,
          response: {
            200: {
              description: 'The proof by the books of today',
              content: {
                'application/json': { schema: ProofOfUseView },
                [XLSX]: bytes,
                [PDF]: bytes,
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { ctx, params, query } = request;
        const { format } = query;
        if (format === 'json') return proofs.view(ctx, params.id);
        const file = await proofs.file(ctx, params.id, { ...query, format });
        reply
          .type(format === 'xlsx' ? XLSX : PDF)
          .header('content-disposition', `attachment; filename="${file.name}"`);
        return Buffer.from(file.bytes);
      },
    );
  };
