import { calculations } from '../src/commands/compute.ts';
import { ConfigSchema } from '../src/config.ts';
import '../src/modules.ts'; // registers the problems of all modules
import { listProblems, type Problem } from '../src/platform/errors.ts';
import '../src/platform/http/problems.ts';

// Calculations are loaded when a file asks for them; their problems belong to the list all the same.
await Promise.all(Object.values(calculations).map((load) => load()));

const MADE_BY = '<!-- Made by `npm run docs`; changes here are lost. -->';

interface Setting {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}

/** Text that stays in its cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function allowed({ type, enum: values, minimum, maximum, minLength, pattern }: Setting): string {
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (minimum !== undefined || maximum !== undefined) return `${minimum ?? '…'} to ${maximum ?? '…'}`;
  if (type === 'boolean') return '`true`, `false`';
  if (pattern !== undefined) return `\`${pattern}\``;
  return minLength === undefined ? 'text' : `text, at least ${minLength} characters`;
}

const settingRow = ([name, setting]: [string, Setting]): string => {
  const fallback =
    setting.default === undefined ? '' : `\`${JSON.stringify(setting.default).replaceAll('"', '')}\``;
  return `| \`${name}\` | ${cell(setting.description ?? '')} | ${cell(allowed(setting))} | ${fallback} |`;
};

/** docs/configuration.md */
export function configurationDocument(): string {
  const settings = Object.entries(ConfigSchema.properties as unknown as Record<string, Setting>);
  return `${MADE_BY}

# Configuration

Settings are environment variables, read once at the start. An empty variable counts as left out. A wrong value stops the start and is
named, never shown.

| variable | what it does | values | default |
|---|---|---|---|
${settings.map(settingRow).join('\n')}
`;
}

const problemText = ({ code, status, title, help }: Problem): string => `## ${code}

**${status}** ${title}. ${help}
`;

/** docs/problems.md */
export function problemsDocument(): string {
  return `${MADE_BY}

# Problems

What Verbund refuses, it answers with \`application/problem+json\` (RFC 9457). Clients branch on \`code\`, whose meaning never changes;
\`detail\` is for people and may. \`instance\` is the request id: name it when you ask for help. \`errors[]\` names the places in what was sent,
by JSON pointer into the body, or \`/query/…\`, \`/path/…\`, \`/headers/…\`.

${listProblems().map(problemText).join('\n')}`;
}
