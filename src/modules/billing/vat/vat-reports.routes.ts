import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { NOT_FOUND } from '../../../platform/http/problems.ts';
import {
  COMPARISON_REFUSALS,
  ComparisonQuery,
  comparisonAnswer,
  sendComparison,
} from '../../costing/index.ts';
import { VAT_RULES_MISSING } from '../billing.errors.ts';
import type { VatService } from './vat.service.ts';
import { VatTurnoverWatchQuery, VatTurnoverWatchView } from './vat-activity-groups.schemas.ts';
import { CompareWithVat, VatComparison } from './vat-comparison.schemas.ts';
import { lawChangeCsv } from './vat-law-change.exports.ts';
import { LawChangeQuery, LawChangeView } from './vat-law-change.schemas.ts';

type TypedApp = Parameters<FastifyPluginAsyncTypebox>[0];

const tags = ['VAT'];

export const vatReportsRoutes =
  ({
    turnover,
    lawChange,
    comparison,
  }: Pick<VatService, 'turnover' | 'lawChange' | 'comparison'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/vat-turnover-watch',
      {
        config: { access: 'vat-turnover:read', refuses: [VAT_RULES_MISSING] },
        schema: {
          tags,
          operationId: 'getVatTurnoverWatch',
          summary: 'Booked turnover of each group of like activities against its forecast and the limit',
          querystring: VatTurnoverWatchQuery,
          response: { 200: VatTurnoverWatchView },
        },
      },
      (request) => turnover.watch(request.ctx, request.query.year),
    );
    app.get(
      '/vat-reports/law-change',
      {
        config: { access: 'vat-turnover:read', refuses: [NOT_FOUND, VAT_RULES_MISSING] },
        schema: {
          tags,
          operationId: 'getVatLawChangeReport',
          summary: 'What changes when the legacy option ends: services, members, VAT on what a year cost',
          querystring: LawChangeQuery,
          response: {
            200: {
              description: 'The report',
              content: {
                'application/json': { schema: LawChangeView },
                'text/csv': { schema: { type: 'string' } },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { ctx, query } = request;
        const report = await lawChange.report(ctx, query);
        if (query.format === 'json') return report;
        const name = `vat-law-change-${report.day}.csv`;
        reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`);
        return lawChangeCsv(report, query.locale);
      },
    );
    registerComparison(app, comparison);
  };

function registerComparison(app: TypedApp, comparison: VatService['comparison']): void {
  app.post(
    '/vat-reports/comparisons',
    {
      config: { access: 'vat-turnover:read', refuses: [...COMPARISON_REFUSALS, VAT_RULES_MISSING] },
      schema: {
        tags,
        operationId: 'compareAllocationRunsWithVat',
        summary: 'A scenario beside what is, with the VAT that holds today and that of a day; writes nothing',
        description:
          'The comparison of `/allocation-runs/comparisons`, each row net and gross. Where nobody can say, VAT is null.',
        querystring: ComparisonQuery,
        body: CompareWithVat,
        response: { 200: comparisonAnswer(VatComparison) },
      },
    },
    async (request, reply) => {
      const found = await comparison.compare(request.ctx, request.body, request.query);
      return 'bytes' in found ? sendComparison(reply, found) : found;
    },
  );
}
