/** As the statistical offices group it, `05 9 74 016`: a spreadsheet would make a number of the digits and drop the zero. */
export function groupedAgs(member: string): string {
  return member.replace(/^(\d{2})(\d)(\d{2})(\d{3})$/, '$1 $2 $3 $4');
}
