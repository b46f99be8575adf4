import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { NOT_FOUND } from '../../platform/http/problems.ts';
import { VAT_RULES_MISSING } from './billing.errors.ts';
import type { VatService } from './vat.service.ts';
import { VatTurnoverWatchQuery, VatTurnoverWatchView } from './vat-activity-groups.schemas.ts';
import { lawChangeCsv } from './vat-law-change.exports.ts';
import { LawChangeQuery, LawChangeView } from './vat-law-change.schemas.ts';

const tags = ['VAT'];

export const vatReportsRoutes =
  ({ turnover, lawChange }: Pick<VatService, 'turnover' | 'lawChange'>): FastifyPluginAsyncTypebox =>
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
  };
