// A benchmark: the speed of two made-up practices, in one run on this machine. It
// gives figures to compare with and never fails because of them.
//
//   peer   20 clinicians, 20,800 sessions: the size that other programs' figures have
//   large  50 clinicians, 5,000 couples, 250,000 sessions, 500,000 responses
//
// It measures copies, first as an SQLite file and then in PostgreSQL. `node
// bench.mjs peer` measures that practice only, `ON=sqlite` or `ON=postgres` that
// database only, and `ONLY='week|slot'` the rows whose names match. With
// `AHEAD=all` every session is in the future when reminders are planned again;
// that takes minutes.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { allAhead, makeDue, sink, waitForMails, waitForReplan } from './mail.mjs';
import { PROGRAM, practices, settings } from './practice.mjs';

const PASSWORD = 'an evening by the lake';
const SECONDS = 5;
const CONNECTIONS = 4;
const AGENT = new http.Agent({ keepAlive: true });
const run = promisify(execFile);

const ONLY = new RegExp(process.env.ONLY ?? '');

const sizes = process.argv.slice(2);
for (const on of (process.env.ON ?? 'sqlite postgres').split(' ')) {
  const kept = await practices(on);
  try {
    for (const size of sizes.length ? sizes : ['peer', 'large']) await measure(kept, size);
  } finally {
    await kept.close();
  }
}

/** Measures one practice on one database, and prints the table of its figures. */
async function measure(kept, size) {
  const folder = await mkdtemp(join(tmpdir(), 'duologue-bench-'));
  const practice = await kept.copy(size, folder);
  const server = await start(folder, practice);
  const rows = [];
  const row = async (what, measured) => {
    if (ONLY.test(what)) rows.push({ what, ...await measured(), 'memory MB': await server.memory() });
  };
  try {
    await row('started', () => ({ 'p50 ms': server.took }));
    const desk = await signIn(server, 'desk');
    const clinician = await signIn(server, 'clinician1');
    const partner = await signIn(server, 'partner1');
    const client = (await ask(server, 'GET', '/caseload', { cookie: clinician })).text.match(/\/clients\/([0-9a-f-]{36})/)[1];
    await row('sign-in page', () => page(server, '/sign-in'));
    await row('portal', () => page(server, '/portal', partner));
    await row('draft, saved', () => draft(server, partner));
    await row("a therapist's day", () => page(server, '/today', clinician));
    await row('caseload', () => page(server, '/caseload', clinician));
    await row('couple page', () => page(server, `/clients/${client}`, clinician));
    await row('record, notes', () => page(server, `/clients/${client}?tab=notes`, clinician));
    await row('a word in all notes', () => page(server, `/clients/${client}?tab=notes&words=lighthouse`, clinician));
    await row('record, documents', () => page(server, `/clients/${client}?tab=documents`, clinician));
    await row('notes to write', () => page(server, '/notes', clinician));
    await row('note saved', () => notes(server, clinician, client, 'save'));
    await row('note signed', () => notes(server, clinician, client, 'sign'));
    await row('brief', () => page(server, `/clients/${client}/brief`, clinician));
    await row('between sessions', () => page(server, `/clients/${client}/adherence?weeks=52`, clinician));
    await row('caseload, who drifts', () => page(server, '/caseload?sort=drift', clinician));
    await row("a therapist's week", () => page(server, '/calendar?view=week', clinician));
    await row("a therapist's month", () => page(server, '/calendar?view=month', clinician));
    const therapist = (await ask(server, 'GET', '/calendar?view=week', { cookie: desk })).text.match(/<option value="([0-9a-f-]{36})"/)[1];
    await row('free days of a month', () => page(server, `/calendar?view=month&clinician=${therapist}`, desk));
    await row("the desk's day", () => page(server, '/desk', desk));
    await row("the practice's day", () => page(server, '/calendar?view=day', desk));
    await row("the practice's week", () => page(server, '/calendar?view=week', desk));
    await row('who is it (search)', () => page(server, '/sessions/new?q=amara', desk));
    await row('mails', () => page(server, '/email-log', desk));
    await row('a slot for two', () => page(server, `/slots?client=${client}`, desk));
    await row('a slot, any therapist', () => page(server, `/slots?client=${client}&clinician=&part=evening`, desk));
    await row('times in the portal', async () => page(server, await portalTimes(server, partner), partner));
    await row('feed', async () => page(server, await feed(server, clinician)));
    await row('free times', () => freeTimes(server, desk, client));
    await row('booking', () => bookings(server, desk, client));
    await row('sign-in', () => each(16, () => signIn(server, 'partner2')));
    await row('reminders planned anew', async () => replan(server, await signIn(server, 'owner'), kept, practice));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const silent = 'booking, silent mail server';
  if (ONLY.test(silent)) rows.push({ what: silent, ...await bookWithSilentServer(kept, size) });
  for (const processes of [1, 2]) {
    const what = `mails, ${processes} process${processes > 1 ? 'es' : ''}`;
    if (ONLY.test(what)) rows.push({ what, ...await mails(kept, size, processes) });
  }
  console.log(`\n${size}, ${kept.name}`);
  console.table(Object.fromEntries(rows.map(({ what, ...figures }) => [what, figures])));
}

/** Measures booking while the mail server accepts connections and never answers. */
async function bookWithSilentServer(kept, size) {
  const folder = await mkdtemp(join(tmpdir(), 'duologue-bench-'));
  const mute = createServer().listen(0, '127.0.0.1');
  try {
    await once(mute, 'listening');
    const server = await start(folder, await kept.copy(size, folder), { mail: smtp(mute.address().port) });
    try {
      const clinician = await signIn(server, 'clinician1');
      const client = (await ask(server, 'GET', '/caseload', { cookie: clinician })).text.match(/\/clients\/([0-9a-f-]{36})/)[1];
      const booked = await bookings(server, await signIn(server, 'desk'), client);
      return { ...booked, 'memory MB': await server.memory() };
    } finally {
      await server.stop();
    }
  } finally {
    mute.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The settings for a mail server on this machine. */
function smtp(port) {
  return {
    MAIL__TRANSPORT: 'smtp', MAIL__FROM: 'office@practice.example', MAIL__SMTP__HOST: '127.0.0.1', MAIL__SMTP__PORT: `${port}`,
    MAIL__SMTP__SECURITY: 'none', MAIL__SMTP__PER_MINUTE: '0', MAIL__SMTP__PER_DOMAIN_MINUTE: '0',
  };
}

/** Starts the program on a practice and waits until it is ready. */
async function start(folder, practice, { number = 0, mail = { MAIL__FOLDER: join(folder, 'mail') } } = {}) {
  const port = 40_000 + (process.pid % 20_000) + number;
  const address = `http://127.0.0.1:${port}`;
  const env = settings({
    LISTEN: `127.0.0.1:${port}`, BASE_URL: address, LOG__FILTER: 'error', ...mail, ...practice,
  });
  const began = performance.now();
  const child = spawn(PROGRAM, ['serve'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  let ended = false;
  child.once('exit', () => { ended = true; });
  while (!await fetch(`${address}/readyz`).then((r) => r.ok, () => false)) {
    if (ended) throw new Error('the server did not start');
    await new Promise((done) => setTimeout(done, 10));
  }
  const took = Math.round(performance.now() - began);
  const memory = async () => Math.round(Number((await readFile(`/proc/${child.pid}/status`, 'utf8')).match(/VmRSS:\s+(\d+)/)[1]) / 1024);
  const stop = async () => {
    const gone = new Promise((done) => child.once('exit', done));
    if (!ended && child.kill('SIGTERM')) await gone;
  };
  return { address, took, memory, stop };
}

/** Sends one request; the answer has status, headers and text. */
function ask(server, method, path, { cookie, form, json } = {}) {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const headers = { Origin: server.address, 'Sec-Fetch-Site': 'same-origin' };
  if (cookie) headers.Cookie = cookie;
  if (body) Object.assign(headers, { 'Content-Type': json ? 'application/json' : 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) });
  return new Promise((done, failed) => {
    const request = http.request(`${server.address}${path}`, { method, headers, agent: AGENT }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', failed).end(body);
  });
}

/** Signs in; returns the cookie. */
async function signIn(server, name) {
  const answer = await ask(server, 'POST', '/sign-in', { form: { login_name: name, password: PASSWORD, next: '' } });
  const cookie = answer.headers['set-cookie']?.find((c) => c.includes('duologue'));
  if (!cookie) throw new Error(`${name} could not sign in: ${answer.status}`);
  return cookie.split(';')[0];
}

/** Measures a page: requests it over and over. */
async function page(server, path, cookie = 'none=1') {
  const { status, text } = await ask(server, 'GET', path, { cookie });
  if (status !== 200) throw new Error(`${path} answers ${status}`);
  return { ...await wrk(server, path, cookie), 'kB (gzip)': Math.round(gzipSync(text).length / 102.4) / 10 };
}

/** Measures a form or a call: sends it over and over, with new values for `{date}`,
 * `{time}` and `{key}` each time. */
async function posts(server, path, cookie, type, body) {
  const folder = await mkdtemp(join(tmpdir(), 'duologue-bench-'));
  try {
    const script = join(folder, 'posts.lua');
    await writeFile(script, `local body, n = ${JSON.stringify(body)}, -1
local headers = { ["Content-Type"] = "${type}", ["Origin"] = "${server.address}", ["Sec-Fetch-Site"] = "same-origin", ["Cookie"] = "${cookie}" }
function request()
  n = n + 1
  local of = {
    date = os.date("!%Y-%m-%d", ${Date.UTC(2030, 0, 1) / 1000} + 86400 * math.floor(n / 8)),
    time = string.format("%02d:00", 9 + n % 8),
    key = string.format("${crypto.randomUUID().slice(0, 24)}%012x", n),
  }
  return wrk.format("POST", "${path}", headers, (body:gsub("{(%a+)}", of)))
end
`);
    return await wrk(server, path, cookie, '-s', script);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs wrk and reads its figures. Like a browser, it asks for compressed answers. */
async function wrk(server, path, cookie, ...more) {
  const { stdout } = await run('wrk', ['-t', '1', '-c', `${CONNECTIONS}`, '-d', `${SECONDS}`, '--latency', '-H', `Cookie: ${cookie}`, '-H', 'Accept-Encoding: gzip, deflate, br', ...more, `${server.address}${path}`]);
  const ms = (pattern) => {
    const [, number, unit] = stdout.match(pattern);
    return Math.round(Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit] * 100) / 100;
  };
  const refused = stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1];
  return {
    'requests/s': Math.round(Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1])),
    'p50 ms': ms(/50%\s+([\d.]+)(us|ms|s)/),
    'p99 ms': ms(/99%\s+([\d.]+)(us|ms|s)/),
    ...(refused && { refused: Number(refused) }),
  };
}

/** Measures an act: does it `times` times, `CONNECTIONS` at the same time. */
async function each(times, act) {
  const took = [];
  let begun = 0;
  let refused = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (begun < times) {
      const number = begun;
      begun += 1;
      const start = performance.now();
      try { await act(number); } catch { refused += 1; }
      took.push(performance.now() - start);
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  const at = (share) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * share))] * 100) / 100;
  return { 'requests/s': Math.round((times / seconds) * 10) / 10, 'p50 ms': at(0.5), 'p99 ms': at(0.99), ...(refused && { refused }) };
}

/** Expects a status; returns the answer's text. */
async function expect(status, answer) {
  const { status: got, text } = await answer;
  if (got !== status) throw new Error(`${got}`);
  return text;
}

/** Measures saving or signing new notes. A signature checks the password each time, which
 * is slow on purpose: the row `sign-in` shows how slow. */
async function notes(server, cookie, client, act) {
  const form = {
    scope: 'joint', do: act, read_through: 'yes', without_policy: 'Not signed yet.', current_password: PASSWORD,
    's.between': 'They came.', 's.risk-a': 'None told.', 's.risk-b': 'None told.', 's.plan': 'A walk.',
  };
  return posts(server, `/clients/${client}/notes`, cookie, 'application/x-www-form-urlencoded', `${new URLSearchParams(form)}&key={key}`);
}

/** Measures how fast all reminders are planned again after the owner has changed
 * when they are sent. */
async function replan(server, cookie, kept, practice) {
  if (process.env.AHEAD === 'all') await allAhead(kept, practice);
  const { text } = await ask(server, 'GET', '/practice/sessions', { cookie });
  const form = new URLSearchParams();
  for (const [, tag] of text.split('action="/practice/sessions"')[1].split('</form>')[0].matchAll(/<(input[^>]*)>/g)) {
    const of = (name) => tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1];
    if (of('name') && (!['checkbox', 'radio'].includes(of('type')) || / checked/.test(tag))) form.append(of('name'), of('value') ?? 'on');
  }
  form.delete('leads');
  form.append('leads', '2d');
  form.append('leads', '5h');
  const since = performance.now();
  await expect(303, ask(server, 'POST', '/practice/sessions', { cookie, form }));
  return waitForReplan(kept, practice, since);
}

/** Measures how fast due emails are handed to a mail server by this number of
 * processes. */
async function mails(kept, size, processes) {
  const folder = await mkdtemp(join(tmpdir(), 'duologue-bench-'));
  const server = await sink();
  const mail = smtp(server.port);
  const running = [];
  try {
    const practice = await kept.copy(size, folder);
    // One start migrates the database before any email is due.
    await (await start(folder, practice)).stop();
    const due = await makeDue(kept, practice);
    for (let number = 0; number < processes; number += 1) running.push(await start(folder, practice, { number, mail }));
    const figures = await waitForMails(server, due);
    return { ...figures, 'memory MB': Math.max(...await Promise.all(running.map((r) => r.memory()))) };
  } finally {
    for (const program of running) await program.stop();
    server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures saving a partner's draft by the form that works without scripts. */
async function draft(server, cookie) {
  const path = (await ask(server, 'GET', '/portal', { cookie })).text.match(/\/portal\/exercises\/[0-9a-f-]{36}/)?.[0];
  const form = (n) => ({ do: 'save', 's.word': `words ${n}` });
  return each(400, async (n) => expect(303, ask(server, 'POST', path, { cookie, form: form(n) })));
}

/** Makes a therapist's feed with names; returns its path. */
async function feed(server, cookie) {
  await expect(303, ask(server, 'POST', '/account/feed', { cookie, form: { do: 'make', wording: 'names' } }));
  return (await ask(server, 'GET', '/account', { cookie })).text.match(/\/feeds\/[\w-]+\.ics/)[0];
}

/** The path of the page on which a partner chooses another time. */
async function portalTimes(server, cookie) {
  // The last session: the next one may be too near to be moved.
  const { text } = await ask(server, 'GET', '/portal/sessions', { cookie });
  const session = [...text.matchAll(/\/portal\/sessions\/([0-9a-f-]{36})/g)].at(-1)?.[1];
  if (!session) throw new Error('the partner has no session ahead');
  return `/portal/times?session=${session}`;
}

/** The first therapist and room that the booking form offers. */
async function choices(server, cookie, client) {
  const { text } = await ask(server, 'GET', `/sessions/new?client=${client}`, { cookie });
  const first = (name) => text.match(new RegExp(`<select[^>]*name="${name}"[\\s\\S]*?</select>`))[0].match(/value="([0-9a-f-]{36})"/)[1];
  return { clinician: first('clinician'), room: first('place') };
}

/** Measures the search for free times. */
async function freeTimes(server, cookie, client) {
  const { clinician, room } = await choices(server, cookie, client);
  const form = { client, attendee: 'everyone', clinician, place: room, link: '', date: new Date().toISOString().slice(0, 10), minutes: '50' };
  return posts(server, '/api/free-times', cookie, 'application/json', JSON.stringify({ fields: Object.entries(form) }));
}

/** Measures booking sessions that do not overlap; each writes audit rows and
 * emails. */
async function bookings(server, cookie, client) {
  const { clinician, room } = await choices(server, cookie, client);
  const form = { client, attendee: 'everyone', clinician, kind: 'regular', place: room, link: '', minutes: '50' };
  return posts(server, '/sessions', cookie, 'application/x-www-form-urlencoded', `${new URLSearchParams(form)}&date={date}&time={time}&key={key}`);
}
