import type { Clock, Day, Moment } from '../../platform/clock.ts';
import { POPULATION } from '../municipalities.ts';
import { at, monthsOf, type Quarter, quarterOf, weekdays } from '../seed/days.ts';
import {
  ACCOUNTS_FILE,
  type DemoAccount,
  type DemoMachineAccount,
  MACHINE_ACCOUNTS_FILE,
  readList,
} from '../seed/files.ts';
import type { World } from '../seed/index.ts';
import { assertConsistent, closeBooks, type PostedRun, reportMonth, settled } from './closing.ts';
import { exportRun } from './exports.ts';
import type { ProgressReport } from './progress.ts';
import { reportOf } from './report.ts';
import { setStages } from './stage.ts';
import { billRun } from './statements.ts';
import { type CentrePlay, playCentre } from './weeks.ts';

export const PLAYED: Quarter = quarterOf('2026-07-01');
/** When the play begins, and when the finance staff sits down: all time for objections is over. */
export const BEGINNING: Moment = at('2026-06-30', 8 * 60);
const CLOSING_DAY: Day = '2026-10-19';
/** Mondays of whole weeks whose results still come within the quarter. */
const FIRST_MONDAY: Day = '2026-07-06';
const WEEKS = 12;
const WEEKDAYS = 5;
/** Share of the invented volume that is really filed: the play is to be over soon. */
const SHARE = 0.45;

export interface PlayOptions {
  readonly address: string;
  readonly clock: Clock & { set(moment: Moment): void };
  readonly world: World;
  /** Where the accounts are. */
  readonly directory: string;
  /** Where the results go. */
  readonly out: string;
  readonly progress: ProgressReport;
}

export const PROGRESS_STEPS = WEEKS + 8;

/** Plays the quarter and says what came of it. Throws when anything does not add up. */
export async function play(options: PlayOptions): Promise<string> {
  const { address, clock, world, directory, out, progress } = options;
  progress.step('Alle melden sich an');
  const stages = await setStages(
    address,
    world,
    await readList<DemoAccount>(directory, ACCOUNTS_FILE),
    await readList<DemoMachineAccount>(directory, MACHINE_ACCOUNTS_FILE),
  );
  const plays = stages.map((stage) => playCentre(stage, WEEKS, SHARE));
  const reported = await playWeeks(plays, clock, progress);
  clock.set(at(CLOSING_DAY, 9 * 60));
  progress.step('Fristen laufen ab, Ergebnisse werden geschlossen und gezählt');
  await Promise.all(plays.map(({ stage, filed }) => settled(stage, PLAYED, filed)));
  progress.step('Kosten werden eingelesen, Läufe berechnet, genehmigt und gebucht');
  const runs = await Promise.all(stages.map((stage) => closeBooks(stage, PLAYED)));
  progress.step('Alle Summen werden geprüft');
  for (const run of runs) await assertConsistent(run, PLAYED);
  progress.step('Ergebnisse werden geschrieben und nachgerechnet');
  const files = (await Promise.all(runs.map((run) => exportRun(run, out)))).flat();
  progress.step('Abrechnungen werden erstellt und den Mitgliedern bereitgestellt');
  for (const run of runs) files.push(...(await billRun(run, out)));
  const filed = plays.reduce((sum, one) => sum + one.filed, 0);
  return [...runs.map(reportOf), ...summary(runs), ...closingWords(filed, reported, files)].join('\n');
}

async function playWeeks(
  plays: readonly CentrePlay[],
  clock: PlayOptions['clock'],
  progress: ProgressReport,
): Promise<number> {
  const days = weekdays(FIRST_MONDAY, PLAYED.endDay);
  const monthEnds = [...monthsOf(PLAYED).slice(1), PLAYED.endDay];
  let reported = 0;
  let month = 0;
  for (let week = 0; week < WEEKS; week += 1) {
    const [monday = '', tuesday = '', wednesday = '', thursday = '', friday = ''] = days.slice(
      week * WEEKDAYS,
    );
    progress.step(`Woche ab ${monday}`);
    clock.set(at(monday, 9 * 60));
    while (monday >= (monthEnds[month] ?? PLAYED.endDay)) {
      reported += await reportOn(plays, month);
      month += 1;
    }
    await each(plays, (one) => one.file(week));
    await move(tuesday, (one) => one.begin());
    await move(wednesday, (one) => one.work());
    await move(thursday, (one) => one.finish());
    await move(friday, (one) => one.judge());
  }
  clock.set(at(PLAYED.endDay, 9 * 60));
  progress.step('Die letzten Meldungen der Programme kommen an');
  for (; month < monthEnds.length; month += 1) reported += await reportOn(plays, month);
  return reported;

  async function move(day: Day, work: (one: CentrePlay) => Promise<void>): Promise<void> {
    clock.set(at(day, 10 * 60));
    await each(plays, work);
  }
}

async function each(plays: readonly CentrePlay[], work: (one: CentrePlay) => Promise<void>): Promise<void> {
  await Promise.all(plays.map(work));
}

async function reportOn(plays: readonly CentrePlay[], month: number): Promise<number> {
  const counts = await Promise.all(plays.map(({ stage }) => reportMonth(stage, PLAYED, month)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Each run on one line. */
function summary(runs: readonly PostedRun[]): string[] {
  return [
    'Übersicht',
    ...runs.map(({ stage, run, lines }) => {
      const cents = lines.filter(({ roundingCents }) => roundingCents !== 0).length;
      const name = `${stage.centre.spec.name} (${run.number})`.padEnd(72);
      return `  ${name} ${String(lines.length).padStart(4)} Zeilen ${String(cents).padStart(4)} Rundungscent  Summe stimmt  nachgerechnet: gleich`;
    }),
  ];
}

function closingWords(filed: number, reported: number, files: readonly string[]): string[] {
  return [
    '',
    `${filed} Vorgänge wurden über die Schnittstelle eingereicht, bearbeitet und geschlossen; ${reported} Nutzungen meldeten Programme.`,
    'Fallzahlen, Gespräche, Beschäftigtenzahlen, Kosten und Personen sind erfunden. Einwohnerzahlen und Namen der Kommunen sind echt:',
    `  © ${POPULATION.source}, Bevölkerung am 31.12.2022 (Zensus 2011).`,
    '',
    'Geschrieben (Zeilen als CSV, Berechnungsdatei als JSON; nachrechnen mit „verbund compute --verify DATEI“; Abrechnungen als PDF und XRechnung):',
    ...files.map((file) => `  ${file}`),
    '',
  ];
}
