import { groupBy } from '../../../platform/collections.ts';
import type { FieldError } from '../../../platform/errors.ts';
import { hashOf } from '../../../platform/hash.ts';
import { sumCents } from '../../../platform/money/index.ts';
import type { VatAnswer, VatInForce } from '../vat/vat.types.ts';
import { vatGroupOf } from './statement.rules.ts';
import { PRICE_ON_EXACT_COST } from './statements.errors.ts';
import type {
  ChargedLine,
  NewStatement,
  PrecedingStatement,
  StatementLineRow,
  StatementRow,
  UntaxedLine,
} from './statements.types.ts';

/** Outcomes that hold only where exactly the cost is reimbursed (§ 2b Abs. 3 Nr. 2, § 4 Nr. 29 UStG). */
const ON_EXACT_COST = ['2B_3_2', '4_29'];

/** The VAT of a line as its service has it throughout the period, or why it has none. */
export function decideVat(line: UntaxedLine, answer: VatAnswer): VatInForce | FieldError {
  const { title } = line.line.service;
  if ('gap' in answer) {
    const { problem, detail } = answer.gap;
    return { pointer: '', code: problem.code, detail: `${title}: ${detail}` };
  }
  const vat = answer.holding;
  if (line.runId === null && ON_EXACT_COST.includes(vat.rule)) {
    const detail = `${title}: ${vat.number} rests on exact cost, and the service is charged by price.`;
    return { pointer: '', code: PRICE_ON_EXACT_COST.code, detail };
  }
  return vat;
}

/** A document that is valid now, with its lines. */
export interface Current {
  readonly statement: StatementRow;
  readonly lines: readonly StatementLineRow[];
}

/** What a member is charged in a period, and what it was sent for it so far. */
export interface MemberCharges {
  readonly organisationId: string;
  readonly lines: readonly ChargedLine[];
  /** Valid statements of the period (380 or 384). */
  readonly current: readonly Current[];
  /** Valid instalments of the period (326). */
  readonly instalments: readonly Current[];
}

type Common = Pick<NewStatement, 'batchId' | 'period' | 'billingPeriod' | 'dueOn' | 'notes' | 'runId'>;

/**
 * The documents that are missing between what was sent and what is charged: an invoice where there is none, a corrected one where
 * it says something else, and a credit note for what is no longer charged at all. What is right already gets none. Instalments
 * of the same VAT treatment are set off; one without a charge to set it off from is taken back.
 */
export function statementsOf(
  { organisationId, lines, current, instalments }: MemberCharges,
  common: Common,
  referenceOf: (line: ChargedLine) => string,
): NewStatement[] {
  const charged = groupBy(lines, ({ line }) => vatGroupOf(line.vat));
  const currentByGroup = new Map(current.map((one) => [one.statement.vatGroup, one]));
  const invoices = [...charged].flatMap(([vatGroup, group]): NewStatement[] => {
    const before = currentByGroup.get(vatGroup);
    const setOff = instalments.filter(({ statement }) => statement.vatGroup === vatGroup).map(asInstalment);
    if (before === undefined && setOff.length === 0 && isNothing(group)) return [];
    if (before !== undefined && sameCharge(before, group, setOff)) return [];
    return [
      {
        ...common,
        organisationId,
        vatGroup,
        kind: before === undefined ? 380 : 384,
        correctsId: before?.statement.id ?? null,
        agreementReference: referenceText(group.map(referenceOf)),
        preceding: [...(before === undefined ? [] : [asReference(before.statement)]), ...setOff],
        lines: group,
      },
    ];
  });
  const gone = [...current, ...instalments].filter(({ statement }) => !charged.has(statement.vatGroup));
  return [...invoices, ...gone.map((one) => takenBack(one, common))];
}

/**
 * A credit note over all of a document: the same lines, whose positive amounts now are what the member gets back, and the same
 * instalments set off, so that both come to nothing.
 */
export function takenBack(
  { statement, lines }: Current,
  common: Omit<Common, 'period' | 'runId'>,
): NewStatement {
  const { organisationId, vatGroup, agreementReference, runId } = statement;
  const { periodId, periodCode: code, startsOn, endsOn } = statement;
  if (periodId === null) throw new Error(`the statement ${statement.number} is of no period`);
  const setOff = statement.preceding.filter(({ prepaidCents }) => prepaidCents !== 0);
  return {
    ...common,
    runId,
    period: { id: periodId, code, startsOn, endsOn },
    organisationId,
    vatGroup,
    kind: 381,
    correctsId: statement.id,
    agreementReference,
    preceding: [asReference(statement), ...setOff],
    lines: lines.map(({ statementId: _id, position: _position, ...line }) => line),
  };
}

function asReference(statement: StatementRow): PrecedingStatement {
  return { ...asPreceding(statement), prepaidCents: 0, prepaidVatCents: 0 };
}

function asInstalment({ statement }: Current): PrecedingStatement {
  const { grossCents, vatCents } = statement;
  return { ...asPreceding(statement), prepaidCents: grossCents, prepaidVatCents: vatCents };
}

function asPreceding({ id, number, kind, issuedOn, grossCents }: StatementRow) {
  if (number === null || issuedOn === null) throw new Error(`the statement ${id} is not issued`);
  return { statementId: id, number, kind, issuedOn, grossCents };
}

/** Members whose valid final documents say the net amount of each service that they are charged, whatever they say of texts and VAT. */
export function membersWithNets(
  sent: readonly Current[],
  charged: readonly UntaxedLine[],
): ReadonlySet<string> {
  const finals = sent.filter(({ statement }) => statement.kind !== 326);
  const said = groupBy(
    finals.flatMap(({ lines }) => lines),
    ({ organisationId }) => organisationId,
  );
  const asked = groupBy(charged, ({ organisationId }) => organisationId);
  return new Set(
    [...said].filter(([id, own]) => netsOf(own) === netsOf(asked.get(id) ?? [])).map(([id]) => id),
  );
}

/**
 * Members whose valid final documents tax each service as it is taxed now, by the lines whose VAT is known: what else there is of a member
 * is not looked at.
 */
export function membersWithVat(sent: readonly Current[], taxed: readonly ChargedLine[]): ReadonlySet<string> {
  const finals = sent.filter(({ statement }) => statement.kind !== 326).flatMap(({ lines }) => lines);
  const treatmentOf = ({ organisationId, serviceId, line }: StatementLineRow | ChargedLine) =>
    [organisationId, serviceId, vatGroupOf(line.vat), line.vat.ratePercent].join(' ');
  const said = new Set(finals.map(treatmentOf));
  const differing = new Set(
    taxed.flatMap((one) => (one.line.netCents === 0 || said.has(treatmentOf(one)) ? [] : one.organisationId)),
  );
  return new Set(finals.map(({ organisationId }) => organisationId).filter((id) => !differing.has(id)));
}

/** Net by service, in a form that can be compared. */
function netsOf(lines: readonly UntaxedLine[]): string {
  return [...groupBy(lines, ({ serviceId }) => serviceId)]
    .map(([id, own]) => ({ id, netCents: sumCents(own.map(({ line }) => line.netCents)) }))
    .filter(({ netCents }) => netCents !== 0)
    .map(({ id, netCents }) => `${id} ${netCents}`)
    .sort()
    .join('\n');
}

const isNothing = (lines: readonly ChargedLine[]): boolean => lines.every(({ line }) => line.netCents === 0);

/** Whether a document says already what is charged: the same lines for the same amounts, and the same instalments set off. */
function sameCharge(
  { statement, lines }: Current,
  charged: readonly ChargedLine[],
  setOff: readonly PrecedingStatement[],
): boolean {
  const said = statement.preceding.filter(({ prepaidCents }) => prepaidCents !== 0);
  return chargeHash(lines, said) === chargeHash(charged, setOff);
}

/** Without the derivation: where it differs and the amount does not, the member was charged the right amount. Lines of nothing say nothing. */
function chargeHash(lines: readonly ChargedLine[], setOff: readonly PrecedingStatement[]): string {
  const charges = lines
    .filter(({ line }) => line.netCents !== 0)
    .map(({ serviceId, line: { text, quantity, unit, netCents, vat } }) =>
      JSON.stringify([serviceId, text, quantity, unit, netCents, vat.ratePercent]),
    )
    .sort();
  return hashOf({ charges, setOff: setOff.map(({ statementId }) => statementId).sort() });
}

const LONGEST_REFERENCE = 200;

/** The agreements of all lines, each once. */
function referenceText(references: readonly string[]): string {
  const text = [...new Set(references)].sort().join('; ');
  return text.length <= LONGEST_REFERENCE ? text : `${text.slice(0, LONGEST_REFERENCE - 1)}…`;
}
