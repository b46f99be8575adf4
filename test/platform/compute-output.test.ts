import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { test } from 'tap';
import { PLAIN_NODE } from '../support/plain-node.ts';
import { repository } from '../support/repository.ts';

const CLI = `${repository}build/src/cli.js`;
const SAYS_PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

/** A file whose result is some 180 bytes for each member and tranche. */
function allocation(members: number, tranches: number): string {
  return JSON.stringify({
    kind: 'allocation',
    amountCents: 123_456_789,
    members: Array.from({ length: members }, (_, n) => `m${n}`),
    tranches: Array.from({ length: tranches }, (_, n) => ({
      id: `t${n}`,
      percent: String(100 / tranches),
      key: { type: 'equal' },
    })),
  });
}

function start(words: readonly string[], stdout: 'pipe' | number): ChildProcess & { stderr: Readable } {
  const [env, ...node] = PLAIN_NODE;
  const stdio: StdioOptions = ['ignore', stdout, 'pipe'];
  return spawn(env, [...node, ...words], { stdio }) as ChildProcess & { stderr: Readable };
}

/** Reads a little, then rests, again and again. */
async function readSlowly(stream: Readable): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let [bytes, chunks] = [0, 0];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    chunks += 1;
    if (chunks % 100 === 1) await setTimeout(chunks === 1 ? 500 : 5);
  }
  return { sha256: hash.digest('hex'), bytes };
}

const ended = async (child: ChildProcess & { stderr: Readable }) => {
  const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  return { code: code as number | null, stderr };
};

test('the result of compute', async (t) => {
  const folder = t.testdir({ 'large.json': allocation(10_000, 100), 'small.json': allocation(3, 1) });
  const [large, small] = [`${folder}/large.json`, `${folder}/small.json`];

  t.test('arrives whole at a reader that is slow, and does not pile up meanwhile', async (t) => {
    const measured = ['--import', SAYS_PEAK, CLI, 'compute', large];
    const intoFile = await ended(start(measured, openSync(`${folder}/large.out`, 'w')));
    const whole = readFileSync(`${folder}/large.out`);
    t.ok(whole.length > 150_000_000, `${whole.length} bytes`);
    const child = start(measured, 'pipe');
    const [read, intoPipe] = await Promise.all([readSlowly(child.stdout as Readable), ended(child)]);
    t.equal(intoFile.code, 0);
    t.equal(intoPipe.code, 0, intoPipe.stderr);
    t.strictSame(read, { bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') });
    const ratio = Number(intoPipe.stderr) / Number(intoFile.stderr);
    t.ok(ratio < 1.5, `memory into a pipe is ${ratio} of that into a file`);
  });

  t.test('arrives whole in a pipe that others have told not to block', async (t) => {
    const script = `"$0" -e 'process.stdout; setTimeout(() => {}, 60_000)' & other=$!
      sleep 0.5; "$0" "$@"; code=$?; kill $other; exit $code`;
    const words = ['-c', script, process.execPath, CLI, 'compute', large];
    const child = spawn('env', ['-u', 'NODE_OPTIONS', 'sh', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [read, { code, stderr }] = await Promise.all([readSlowly(child.stdout), ended(child)]);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' });
    const whole = readFileSync(`${folder}/large.out`);
    t.equal(read.sha256, createHash('sha256').update(whole).digest('hex'));
  });

  t.test('141: a reader that goes away is nothing to complain about', async (t) => {
    const child = start([CLI, 'compute', large], 'pipe');
    const stdout = child.stdout as Readable;
    await once(stdout, 'data');
    stdout.destroy();
    t.strictSame(await ended(child), { code: 141, stderr: '' });
  });

  t.test('3: what the disk does not take is a problem', { skip: !existsSync('/dev/full') }, async (t) => {
    const { code, stderr } = await ended(start([CLI, 'compute', small], openSync('/dev/full', 'w')));
    t.equal(code, 3);
    t.match(JSON.parse(stderr), { code: 'RESULT_NOT_WRITTEN', detail: /\(ENOSPC\)/ });
  });
});
