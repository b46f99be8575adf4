import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BatchView, StatementDetailView } from '../../modules/billing/index.ts';
import { assertEqual, type PostedRun } from './closing.ts';
import { until } from './weeks.ts';

/** What the first member of each centre is sent goes to the folder of results, as paper and as e-invoice. */
const SHOWN = { pdf: '.pdf', 'xrechnung-ubl': '.xml' } as const;

/** Statements of a posted run: prepared, looked at, issued, and read by the members that they are for. */
export async function billRun({ stage, run }: PostedRun, directory: string): Promise<string[]> {
  const { finance, centre, payers } = stage;
  const { code } = centre.spec;
  const { id } = await finance.call<BatchView>('POST', '/statement-batches', {
    body: { periodId: run.period.id },
  });
  const url = `/statement-batches/${id}`;
  const ready = await until('statements are prepared', async () => {
    const batch = await finance.call<BatchView>('GET', url);
    return batch.status === 'preparing' ? undefined : batch;
  });
  assertEqual(`${code}: Zustand der Abrechnungen`, ready.status, 'ready');
  assertEqual(`${code}: zurückgestellte Mitglieder`, ready.blocked.length, 0);
  const { contentHash, version } = ready;
  await finance.call('POST', `${url}/actions/issue`, { body: { contentHash }, version });
  await until('documents are made', async () => {
    const { progress } = await finance.call<BatchView>('GET', url);
    return progress.rendered === progress.statements ? true : undefined;
  });
  let charged = 0;
  const files: string[] = [];
  for (const payer of payers.values()) {
    const { items } = await payer.call<{ items: { id: string; centreId: string; netCents: number }[] }>(
      'GET',
      '/statements?limit=200',
    );
    for (const one of items.filter(({ centreId }) => centreId === centre.hat.id)) {
      charged += one.netCents;
      if (files.length === 0) files.push(...(await show(payer, one.id, directory)));
    }
  }
  assertEqual(`${code}: Summe der Abrechnungen`, charged, run.amountCents);
  return files;
}

async function show(payer: PostedRun['stage']['finance'], id: string, directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const { number, documents } = await payer.call<StatementDetailView>('GET', `/statements/${id}`);
  const files: string[] = [];
  for (const [format, ending] of Object.entries(SHOWN)) {
    const bytes = await payer.bytes(`/statements/${id}/documents/${format}`);
    const kept = documents.find((one) => one.format === format);
    assertEqual(
      `${number}: Prüfsumme ${format}`,
      createHash('sha256').update(bytes).digest('hex'),
      kept?.sha256,
    );
    const file = path.join(directory, `${number}${ending}`);
    await writeFile(file, bytes);
    files.push(file);
  }
  return files;
}
