import type { HatContext } from '../../platform/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { withHatTx } from '../../platform/db/hat.ts';
import { DomainError } from '../../platform/errors.ts';
import { ownCentre } from '../../platform/http/own-centre.ts';
import { GRANT_PROOF_TOO_LONG } from './grants.errors.ts';
import { getGrantRow } from './grants.reading.service.ts';
import { hashOfProof, proofOf } from './proof-of-use.facts.service.ts';
import { renderProofPdf } from './proof-of-use.pdf.ts';
import type { ProofOfUseView, ProofQuery } from './proof-of-use.schemas.ts';
import type { ProofOfUse } from './proof-of-use.types.ts';
import { renderProofXlsx } from './proof-of-use.xlsx.ts';

/** Drawing a page takes some milliseconds of the one processor that answers everybody. */
const PDF_LINE_LIMIT = 2000;

export interface ProofFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type ProofOfUseService = ReturnType<typeof createProofOfUseService>;

/** The proof of use (Verwendungsnachweis), its part in figures. */
export function createProofOfUseService(db: Database) {
  const read = (ctx: HatContext, id: string) =>
    withHatTx(db, ctx, async (tx) => {
      const grant = await getGrantRow(tx, id);
      ownCentre(ctx);
      return { proof: await proofOf(tx, ctx, grant), submittedHash: grant.proofHash };
    });
  return {
    async view(ctx: HatContext, id: string): Promise<ProofOfUseView> {
      const { proof, submittedHash } = await read(ctx, id);
      return { ...proof, hash: hashOfProof(proof), submittedHash } as ProofOfUseView;
    },

    /** Drawn after the transaction has ended: it holds nothing up. */
    async file(
      ctx: HatContext,
      id: string,
      { format, locale }: ProofQuery & { readonly format: 'xlsx' | 'pdf' },
    ): Promise<ProofFile> {
      const { proof } = await read(ctx, id);
      const name = `proof-of-use-${proof.grant.number}.${format}`;
      if (format === 'xlsx') return { name, bytes: renderProofXlsx(proof, locale) };
      assertDrawable(proof);
      return { name, bytes: await renderProofPdf(proof, locale) };
    },
  };
}

function assertDrawable({ lines }: ProofOfUse): void {
  if (lines.length <= PDF_LINE_LIMIT) return;
  throw new DomainError(
    GRANT_PROOF_TOO_LONG,
    `A PDF takes up to ${PDF_LINE_LIMIT} eligible cost lines; there are ${lines.length}.`,
    { pointer: '/query/format' },
  );
}
