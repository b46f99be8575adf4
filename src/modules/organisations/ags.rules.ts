/**
 * What a cell may mean by an AGS: grouped as the statistical offices do (`05 9 74 016`), or seven digits of which a spreadsheet has made a
 * number. An AGS has eight digits, so that the zero in front is no guess.
 */
export function agsSpellings(cell: string): string[] {
  const digits = cell.replace(/(?<=\d) (?=\d)/g, '');
  return [...new Set([cell, digits, ...(/^\d{7}$/.test(digits) ? [`0${digits}`] : [])])];
}
