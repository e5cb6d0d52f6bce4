// What the speed is, on the demo practice, in one run on this machine. A
// benchmark to compare with, never a test that fails.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
process.env.PROGRAM ||= join(root, 'target/release/duologue');
const { PEOPLE, startDemo } = await import('../browser/support.mjs');

const SECONDS = 5;
const CONNECTIONS = 4;
const run = promisify(execFile);
const rows = [];

const demo = await startDemo();
try {
  rows.push({ what: 'idle', MB: await memory() });
  const cookies = {};
  for (const role of ['therapist', 'desk', 'partner', 'owner']) cookies[role] = await signIn(PEOPLE[role]);
  await pages('sign-in page', '/sign-in');
  await pages('a therapist\'s day', '/today', cookies.therapist);
  await pages('a caseload', '/caseload', cookies.therapist);
  await pages('a therapist\'s week', '/calendar?view=week', cookies.therapist);
  await pages('the practice\'s week', '/calendar?view=week', cookies.desk);
  await pages('the mails', '/messages', cookies.desk);
  await pages('a partner\'s page', '/portal', cookies.partner);
  await pages('the audit log', '/audit', cookies.owner);
  await bookings(cookies.desk);
  await each('sign-in', 16, () => signIn(PEOPLE.partner));
} finally {
  await demo.stop();
}
console.table(rows.map((row) => ({ what: row.what, 'requests/s': row.rate ?? '', 'p50 ms': row.p50 ?? '', 'p99 ms': row.p99 ?? '', 'memory MB': row.MB, refused: row.refused || '' })));

/** Resident memory of the server, in MB. */
async function memory() {
  const status = await readFile(`/proc/${demo.pid}/status`, 'utf8');
  return Math.round(Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024);
}

function ask(method, path, { cookie, form } = {}) {
  const body = form && new URLSearchParams(form).toString();
  const headers = { Origin: demo.address, 'Sec-Fetch-Site': 'same-origin' };
  if (cookie) headers.Cookie = cookie;
  if (body) Object.assign(headers, { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) });
  return new Promise((done, failed) => {
    const request = http.request(`${demo.address}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', failed).end(body);
  });
}

async function signIn(name) {
  const answer = await ask('POST', '/sign-in', { form: { login_name: name, password: demo.password, next: '' } });
  const cookie = answer.headers['set-cookie']?.find((c) => c.includes('duologue'));
  if (!cookie) throw new Error(`${name} could not sign in: ${answer.status}`);
  return cookie.split(';')[0];
}

/** A page, over and over, with wrk. */
async function pages(what, path, cookie = 'none=1') {
  const { status } = await ask('GET', path, { cookie });
  if (status !== 200) throw new Error(`${path} answers ${status}`);
  const { stdout } = await run('wrk', ['-t', '1', '-c', `${CONNECTIONS}`, '-d', `${SECONDS}`, '--latency', '-H', `Cookie: ${cookie}`, `${demo.address}${path}`]);
  const ms = (pattern) => {
    const [, number, unit] = stdout.match(pattern);
    return Math.round(Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit] * 100) / 100;
  };
  rows.push({
    what,
    rate: Math.round(Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1])),
    p50: ms(/50%\s+([\d.]+)(us|ms|s)/),
    p99: ms(/99%\s+([\d.]+)(us|ms|s)/),
    MB: await memory(),
    refused: Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0),
  });
}

/** Something done so many times, some at once. */
async function each(what, times, act) {
  const took = [];
  let left = times;
  let refused = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      try { await act(times - left); } catch { refused += 1; }
      took.push(performance.now() - start);
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  const at = (share) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * share))] * 100) / 100;
  rows.push({ what, rate: Math.round((times / seconds) * 10) / 10, p50: at(0.5), p99: at(0.99), MB: await memory(), refused });
}

/** Books sessions that do not overlap, each with its audit row and mails. */
async function bookings(cookie) {
  const found = (await ask('GET', '/sessions/new?q=amara', { cookie })).text.match(/\/sessions\/new\?client=([0-9a-f-]{36})/);
  const page = (await ask('GET', `/sessions/new?client=${found[1]}`, { cookie })).text;
  const options = (name) => [...page.match(new RegExp(`<select[^>]*name="${name}"[\\s\\S]*?</select>`))[0].matchAll(/value="?([^"\s>]+)/g)].map((m) => m[1]);
  const clinician = options('clinician').find((id) => /^[0-9a-f-]{36}$/.test(id));
  const room = options('place').find((id) => /^[0-9a-f-]{36}$/.test(id));
  await each('booking', 400, async (n) => {
    const day = new Date(Date.UTC(2030, 0, 1 + Math.floor(n / 8))).toISOString().slice(0, 10);
    const { status } = await ask('POST', '/sessions', {
      cookie,
      form: { client: found[1], attendee: 'everyone', clinician, kind: 'regular', place: room, link: '', date: day, time: `${String(9 + (n % 8)).padStart(2, '0')}:00`, minutes: '50', key: crypto.randomUUID() },
    });
    if (status !== 303) throw new Error(`${status}`);
  });
}
