import { createHash } from 'node:crypto';
import excel from 'exceljs';
import tap, { type Test } from 'tap';
import { startCostingWorld } from '../../support/costing.ts';
import {
  awardedGrant,
  clawback,
  draftGrant,
  draw,
  type GrantBody,
  grantMust,
  type MoneyBody,
  moneyStep,
  receive,
  taggedCost,
} from '../../support/grants.ts';
import { must } from '../../support/services.ts';

interface ProofBody {
  readonly hash: string;
  readonly submittedHash: string | null;
  readonly lines: readonly {
    readonly bookedOn: string;
    readonly amountCents: number;
    readonly text: string;
  }[];
  readonly financing: Readonly<Record<string, number>>;
  readonly balance: Readonly<Record<string, number>>;
  readonly sums: Readonly<Record<string, number>>;
}

type Sheet = excel.Worksheet;

/** The value a program would reckon, from the cells alone: the formulas of the proof use nothing but these. */
function reckon(workbook: excel.Workbook, sheet: Sheet, formula: string): number {
  const cellsOf = (range: string): excel.Cell[] => {
    const [, name = sheet.name, column = '', from = '', to = from] =
      /^(?:'([^']+)'!)?([A-Z]+)(\d+)(?::[A-Z]+(\d+))?$/.exec(range) ?? [];
    const at = workbook.getWorksheet(name) as Sheet;
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, row) =>
      at.getCell(`${column}${Number(from) + row}`),
    );
  };
  const numberOf = (cell: excel.Cell): number => {
    const { value } = cell;
    if (typeof value === 'object' && value !== null && 'formula' in value)
      return reckon(workbook, cell.worksheet, value.formula);
    return typeof value === 'number' ? value : 0;
  };
  const sum = (cells: readonly excel.Cell[]) => cells.reduce((total, cell) => total + numberOf(cell), 0);
  const replaced = formula
    .replaceAll(
      /SUMIFS\(('[^']+'![A-Z0-9:]+),('[^']+'![A-Z0-9:]+),"([^"]+)"\)/g,
      (_all, values: string, marks: string, wanted: string) => {
        const wantedRows = cellsOf(marks).map(({ value }) => value === wanted);
        return `(${sum(cellsOf(values).filter((_, at) => wantedRows[at]))})`;
      },
    )
    .replaceAll(/SUM\(('[^']+'![A-Z0-9:]+)\)/g, (_all, range: string) => `(${sum(cellsOf(range))})`)
    .replaceAll(/\bB\d+\b/g, (cell) => `(${sum(cellsOf(cell))})`);
  return evaluate(replaced);
}

/** Sums, products, MIN, MAX, ROUND and ROUNDDOWN of numbers; nothing else is let through. */
function evaluate(text: string): number {
  let at = 0;
  const peek = () => text[at] ?? '';
  const product = (): number => {
    let value = atom();
    while (peek() === '*' || peek() === '/') {
      const isTimes = peek() === '*';
      at += 1;
      value = isTimes ? value * atom() : value / atom();
    }
    return value;
  };
  const expression = (): number => {
    let value = product();
    while (peek() === '+' || peek() === '-') {
      const sign = peek() === '+' ? 1 : -1;
      at += 1;
      value += sign * product();
    }
    return value;
  };
  const list = (): number[] => {
    const values = [expression()];
    while (peek() === ',') {
      at += 1;
      values.push(expression());
    }
    at += 1; // the bracket
    return values;
  };
  const atom = (): number => {
    const [token = ''] = /^(-?[\d.]+(?:e-?\d+)?|[A-Z]+\(|\()/.exec(text.slice(at)) ?? [];
    if (token === '') throw new Error(`not understood: ${text.slice(at)}`);
    at += token.length;
    if (!token.endsWith('(')) return Number(token);
    const [first = 0, second = 0, ...more] = list();
    const power = 10 ** second;
    switch (token) {
      case 'MIN(':
        return Math.min(first, second, ...more);
      case 'MAX(':
        return Math.max(first, second, ...more);
      case 'ROUND(':
        return Math.round(first * power) / power;
      case 'ROUNDDOWN(':
        return Math.trunc(first * power + 1e-6) / power;
      default:
        return first;
    }
  };
  return expression();
}

async function checkWorkbook(t: Test, bytes: Buffer, proof: ProofBody): Promise<void> {
  const workbook = new excel.Workbook();
  await workbook.xlsx.load(bytes as never);
  const [head, lines] = workbook.worksheets as [Sheet, Sheet];
  t.equal(workbook.worksheets.length, 4);
  t.equal(lines.rowCount, proof.lines.length + 1);
  let formulas = 0;
  head.eachRow((row) => {
    const { value } = row.getCell(2);
    if (typeof value !== 'object' || value === null || !('formula' in value)) return;
    formulas += 1;
    const reckoned = Math.round(reckon(workbook, head, value.formula) * 100);
    t.equal(
      reckoned,
      Math.round(Number(value.result ?? 0) * 100),
      `${row.getCell(1).text}: ${value.formula}`,
    );
  });
  t.equal(formulas, 10, 'all figures but those of the books are formulas');
  t.same(
    proof.lines.map((_, at) => lines.getRow(at + 2).getCell(5).value),
    proof.lines.map(({ amountCents }) => amountCents / 100),
    'real numbers',
  );
}

const count = (pdf: Buffer, pattern: RegExp) => pdf.toString('latin1').match(pattern)?.length ?? 0;

tap.test('proof of use (numbers in brackets: invariants of the README)', async (t) => {
  const world = await startCostingWorld(t);
  const { clock, finance, colleague, marriage, erwitte, anroechte } = world;
  const draft = await draftGrant(finance, marriage, [erwitte.id, anroechte.id]);
  const grant = await awardedGrant(finance, colleague, draft);
  const url = `/grants/${grant.id}/proof-of-use`;
  const view = () => must<ProofBody>(finance, 'GET', url);
  const file = async (query: string) => {
    const answer = await finance.call('GET', `${url}?${query}`);
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return answer;
  };

  await t.test('without cost it says so, in every format', async (t) => {
    t.match(await view(), {
      lines: [],
      financing: { grantCents: 0 },
      balance: { toDrawCents: 0, toRepayCents: 0 },
    });
    await checkWorkbook(t, (await file('format=xlsx')).rawPayload, await view());
    t.equal((await file('format=pdf')).rawPayload.subarray(0, 5).toString(), '%PDF-');
  });

  await taggedCost(finance, marriage, 100_01, { voucherNumber: 'B-1', bookedOn: '2026-02-01' });
  await taggedCost(finance, marriage, 899_98, { text: '=1+1 \u{1F600}', bookedOn: '2026-01-31' });
  await taggedCost(finance, marriage, -4, { bookedOn: '2026-03-01', voucherNumber: 'B-2' });
  await taggedCost(finance, marriage, 33_33, { tags: [] });
  await receive(finance, grant.id, await draw(finance, grant.id, 500_00), { voucherNumber: 'K-1' });
  await draw(finance, grant.id, 300_00);
  const gone = await draw(finance, grant.id, 50_00);
  await moneyStep(finance, `/grants/${grant.id}/drawdowns/3`, gone, 'cancel', { reason: 'Irrtum' });
  const path = `/grants/${grant.id}/clawbacks`;
  const back = await must<MoneyBody>(
    finance,
    'POST',
    path,
    clawback({ reason: 'other', amountCents: 20_00 }),
  );
  await moneyStep(finance, `${path}/1`, back, 'repay', { repaidOn: '2026-10-03' });
  await must<MoneyBody>(finance, 'POST', path, clawback({ reason: 'other', amountCents: 5_00 }));

  t.test('it lists the eligible lines by day and adds up (2)', async (t) => {
    const proof = await view();
    t.match(proof.lines, [
      { amountCents: 899_98 },
      { amountCents: 100_01, voucherNumber: 'B-1' },
      { amountCents: -4 },
    ]);
    t.match(proof, {
      financing: {
        eligibleCents: 999_95,
        notEligibleCents: 33_33,
        grantCents: 899_95,
        ownShareCents: 100_00,
        netPoolCents: 133_33,
      },
      sums: { receivedCents: 500_00, repaidCents: 20_00 },
      balance: { toDrawCents: 99_95, toRepayCents: 5_00 },
      drawdowns: [{ status: 'received' }, { status: 'requested' }, { status: 'cancelled' }],
      clawbacks: [{ status: 'repaid' }, { status: 'demanded' }],
      rule: { percent: '90', capCents: 175_000_00 },
      grant: { lead: '=Erwitte', parties: ['=Erwitte', 'Anröchte'] },
    });
  });

  t.test('the workbook reckons every figure anew from its lines, in both languages', async (t) => {
    for (const locale of ['de', 'en'])
      await checkWorkbook(t, (await file(`format=xlsx&locale=${locale}`)).rawPayload, await view());
  });

  t.test('the PDF is tagged, PDF/A-3a and PDF/UA-1, with header cells for each row', async (t) => {
    const answer = await file('format=pdf');
    t.match(answer.headers, {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="proof-of-use-${grant.number}.pdf"`,
    });
    const pdf = answer.rawPayload;
    const text = pdf.toString('utf8');
    for (const mark of [
      '<pdfaid:part>3</pdfaid:part>',
      '<pdfuaid:part>1</pdfuaid:part>',
      '/Marked true',
      '/Lang (de-DE)',
    ])
      t.match(text, mark);
    t.equal(count(pdf, /\/S \/H1\b/g), 1);
    t.equal(count(pdf, /\/S \/Table\b/g), 5, 'facts, financing, drawdowns, clawbacks, lines');
    t.equal(count(pdf, /\/Scope \/Row/g), count(pdf, /\/S \/TR\b/g) - 5);
    t.match((await file('format=pdf&locale=en')).rawPayload.toString('latin1'), '/Lang (en-GB)');
  });

  t.test('the same books have the same bytes; one cent more has others', async (t) => {
    const hashes = async () =>
      Promise.all(
        ['format=xlsx', 'format=pdf'].map(async (query) =>
          createHash('sha256')
            .update((await file(query)).rawPayload)
            .digest('hex'),
        ),
      );
    const before = await hashes();
    t.same(await hashes(), before);
    await taggedCost(finance, marriage, 1);
    const after = await hashes();
    t.ok(before.every((hash, at) => hash !== after[at]));
  });

  t.test('what was submitted is kept: later bookings show', async (t) => {
    const proof = await view();
    const now = await must<GrantBody>(finance, 'GET', `/grants/${grant.id}`);
    const proved = await grantMust(finance, now, 'submit-proof', {
      submittedOn: '2026-10-05',
      reference: 'VN 2026',
    });
    t.match(proved.proof, { hash: proof.hash, eligibleCents: 999_96, reference: 'VN 2026' });
    clock.set('2026-10-06T08:00:00.000Z');
    t.match(
      await view(),
      { hash: proof.hash, submittedHash: proof.hash, asOf: '2026-10-06' },
      'on another day too',
    );
    await taggedCost(finance, marriage, 1);
    const later = await view();
    t.equal(later.submittedHash, proof.hash);
    t.not(later.hash, proof.hash);
  });

  t.test('409: before a notice there is nothing to prove', async (t) => {
    const early = await draftGrant(finance, marriage, [erwitte.id]);
    t.equal((await finance.call('GET', `/grants/${early.id}/proof-of-use`)).statusCode, 409);
    t.equal((await finance.call('GET', `${url}?format=docx`)).statusCode, 400);
  });
});
