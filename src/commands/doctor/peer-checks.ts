import type { Config } from '../../config.ts';
import { createValidator } from '../../modules/billing/index.ts';
import { mailSettings, validatorSettings } from '../../modules.ts';
import { createMailer } from '../../platform/mail/mailer.ts';
import type { Check } from './finding.ts';

/** Servers outside, as far as they are set. @param timeoutMs after which one does not answer */
export function peerChecks(config: Config, timeoutMs: number): Check[] {
  const mail = mailSettings(config);
  const validator = validatorSettings(config);
  return [
    ...(mail === undefined ? [] : [mailCheck({ ...mail, timeoutMs })]),
    ...(validator === undefined ? [] : [validatorCheck({ ...validator, timeoutMs })]),
  ];
}

function mailCheck(settings: Parameters<typeof createMailer>[0]): Check {
  return {
    what: 'mail server',
    look: async () => {
      const address = await createMailer(settings)
        .check()
        .catch((error: unknown) => {
          throw new Error(
            `${(error as Error).message}; statements wait as long. Look at SMTP_URL, SMTP_TLS and the certificate of the server`,
          );
        });
      return { text: `lets us in at ${address}` };
    },
  };
}

function validatorCheck(settings: Parameters<typeof createValidator>[0]): Check {
  return {
    what: 'validator of e-invoices',
    look: async () => {
      const validator = createValidator(settings);
      const isUp = await validator.check().catch((error: unknown) => {
        throw new Error(
          `${(error as Error).message} Statements wait as long; start the daemon, or mend or leave out KOSIT_VALIDATOR_URL`,
        );
      });
      const text = `answers at ${validator.address}`;
      return isUp
        ? { text: `${text} and is up` }
        : { text, advice: 'it has no server/health; is it a KoSIT validator in daemon mode?' };
    },
  };
}
