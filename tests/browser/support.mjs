// What every journey needs: its own demo practice, a browser, and some checks.
// Elements are found by role and name, as a person with a screen reader finds
// them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const PROGRAM = resolve(import.meta.dirname, '../../target/debug/duologue');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const STARTS_WITHIN = 60_000;

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };
export const NARROW = { width: 320, height: 640 };

/** The login names of the demo's accounts, by role. */
export const PEOPLE = { owner: 'marlene', therapist: 'ruth', desk: 'kofi', partner: 'amara', other: 'jonas' };

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** The pages of the library's exercises and pathways, which have one shape. */
const LIBRARY = /^\/(library|pathways)\/(?!import|new)[^/?]+/;

/** The shape of an address: its path with ids and slugs replaced. */
export const shape = (address) => new URL(address, 'http://localhost').pathname.replace(UUID, '{id}').replace(LIBRARY, '/$1/{slug}');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Starts the demo in a new folder, with more variables in its environment if given; `stop`
 * ends it and removes the folder.
 */
export async function startDemo(more = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'duologue-browser-'));
  const port = await freePort();
  const address = `http://localhost:${port}`;
  const child = spawn(process.env.PROGRAM || PROGRAM, ['demo'], {
    cwd: folder,
    // The program refuses settings that it does not know, such as the tests' own.
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DUOLOGUE_'))),
      DUOLOGUE_LISTEN: `127.0.0.1:${port}`,
      DUOLOGUE_BASE_URL: address,
      DUOLOGUE_DATABASE: join(folder, 'duologue.db'),
      DUOLOGUE_KEY_FILE: join(folder, 'duologue.key'),
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let ended = false;
  child.stdout.on('data', (text) => { printed += text; });
  child.stderr.on('data', (text) => { printed += text; });
  child.once('exit', () => { ended = true; });

  const stop = async () => {
    if (!ended) {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  // The demo is ready a moment before it has printed the accounts: wait for both.
  const until = Date.now() + STARTS_WITHIN;
  let password;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((r) => r.ok, () => false);
    password = passwordIn(printed);
    if (ready && password) break;
    if (ended || Date.now() > until) {
      await stop();
      throw new Error(`the demo ${ready ? 'printed no sign-in' : 'did not start'}:\n${printed}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { address, password, stop, pid: child.pid, printed: () => printed };
}

/** Finds the password in the demo's output, whose lines have name, password, role. */
function passwordIn(printed) {
  const whole = printed.split('\n').slice(0, -1);
  const line = whole.map((l) => l.trim()).find((l) => l.startsWith(`${PEOPLE.therapist} `));
  return line?.slice(PEOPLE.therapist.length).trim().split(/ {2,}/)[0];
}

/** Starts a headless Chromium, with more flags if given. */
export function launch(more = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: [...FLAGS, ...more] });
}

/**
 * Opens a browser context with its own cookies and no history. `close` fails the
 * test if scripts had errors or the content security policy refused something.
 */
export async function visitor(browser, address, options = {}) {
  const { script = true, viewport = WIDE, scheme = 'light' } = options;
  const context = await browser.newContext({
    baseURL: address,
    viewport,
    javaScriptEnabled: script,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`));
  page.on('console', (message) => {
    // The browser itself logs every answer with a status of 400 or above.
    if (message.type() === 'error' && !/the server responded with a status of 4/.test(message.text())) {
      const fault = `${shape(page.url())}: ${message.text().slice(0, 300)}`;
      if (!faults.includes(fault)) faults.push(fault);
    }
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, [], 'the browser reported faults');
  };
  return { context, page, close };
}

/** Signs in and waits until that is done. */
export async function signIn(page, name, password) {
  await page.goto('/sign-in');
  await page.getByLabel('Name to sign in with').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor();
}

/** Opens a path and expects status 200. */
export async function open(page, path) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  return answer;
}

/** Turns the screens of an exercise until an element is in sight. Without a script the
 * whole exercise is one page, and there is nothing to turn. */
export async function turnTo(page, element) {
  const main = page.getByRole('main');
  for (const name of ['Back', 'Continue']) {
    const button = main.getByRole('button', { name, exact: true });
    while (!(await element.isVisible()) && await button.isVisible()) await button.click();
  }
}

/** Waits until every island of the page has started: before that, a press or a drag is the
 * plain page's. */
export function interactive(page) {
  return page.locator('html[data-islands="ready"]').waitFor({ state: 'attached' });
}

/**
 * Waits until the page's address matches, after a button was pressed twice.
 * Playwright's own `waitForURL` fails when the navigation of the first press is
 * replaced by that of the second.
 */
export async function waitForAddress(page, pattern) {
  const until = Date.now() + 30_000;
  while (!pattern.test(page.url())) {
    assert.ok(Date.now() < until, `still at ${page.url()}, expected ${pattern}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  await page.waitForLoadState();
}

/** Waits for a status notice with this text. */
export function notice(page, pattern) {
  return page.getByRole('status').filter({ hasText: pattern }).waitFor();
}

/**
 * Checks WCAG 2.2 AA and axe's best practices, or only these rules; the page must allow
 * scripts.
 * Legacy mode skips frames of other origins, of which there are none, and so
 * does not need a second page for each check.
 */
export async function accessible(page, what, rules) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const faults = violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.html}\n      ${n.failureSummary}`).join('\n    ')}`);
  assert.deepEqual(faults, [], `${what}: axe found`);
}

/** Checks that nothing is wider than the window. */
export async function fits(page, what) {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const right = clientWidth + 1;
    return [...document.body.querySelectorAll('*')]
      .filter((e) => e.getBoundingClientRect().right > right)
      .slice(0, 5)
      .map((e) => `<${e.tagName.toLowerCase()} class="${e.className}"> ends at ${Math.round(e.getBoundingClientRect().right)} of ${clientWidth}`);
  });
  assert.deepEqual(wide, [], `${what}: wider than the window`);
}

/** Waits for an email to an address in the demo's mailbox, and returns the part of
 * its newest text that matches the pattern. */
export async function linkInMail(page, to, pattern) {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto('/mailbox');
    const mail = page.getByRole('main').getByRole('listitem').filter({ hasText: to }).first();
    if (await mail.count()) {
      await mail.getByRole('link').first().click();
      const text = await page.getByRole('main').innerText();
      const link = text.match(pattern);
      if (link) return link[0];
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`no mail to ${to} with ${pattern}`);
}

/** Runs the steps of a journey as subtests; after a failed step, the rest is
 * skipped. */
export function steps(t) {
  let failed = false;
  return (name, act) => t.test(name, { skip: failed && 'a step before it failed' }, async () => {
    try { await act(); } catch (error) { failed = true; throw error; }
  });
}

/** The offset of this person's time zone from UTC in milliseconds, as their account
 * page names it: "Berlin (UTC+1)". The demo's practice is where it is morning. */
export async function utcOffset(page) {
  await open(page, '/account');
  const zone = await page.locator('main [name=zone]').inputValue();
  const [, sign, hours, minutes = '0'] = zone.match(/UTC([+−])(\d+)(?::(\d+))?/) ?? ['', '+', '0'];
  return (sign === '−' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Pages to visit first: next week's sessions can be moved, today's may be over. */
export const AHEAD = { therapist: ['/find?q=amara'], desk: ['/sessions/new?q=amara', `/calendar?view=week&date=${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}`] };

export const key = (path) => {
  const names = [...new URLSearchParams(path.split('?')[1] ?? '').keys()].sort().join(',');
  return names ? `${shape(path)}?${names}` : shape(path);
};

/** How many pages of a shape are checked where it is not one: a cancelled or too
 * near session has fewer controls. */
const SEVERAL = { '/sessions/{id}': 6, '/portal/sessions/{id}': 3, '/clients/{id}?tab': 7, '/assignments/{id}': 8, '/notes?tab': 3, '/notes/{id}': 4 };

/** One address for each shape of page that this visitor can reach. */
export async function reachable(page, start, first = []) {
  const found = new Set([...first, start]);
  const seen = new Map([...found].map((path) => [key(path), 1]));
  for (const path of found) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 200, `${path}, which a page links to`);
    const links = await page.evaluate(() =>
      [...document.querySelectorAll('a[href]:not([download])')].filter((a) => a.origin === location.origin).map((a) => a.pathname + a.search));
    // What follows is a file, not a page.
    const pages = links.filter((link) => !/(\/file|\/files\/\d+|\/view|\/order|\/pdf|\.pdf|\/json|\.csv)(\?|$)/.test(link));
    for (const link of pages) {
      const count = seen.get(key(link)) ?? 0;
      if (found.has(link) || count >= (SEVERAL[key(link)] ?? 1)) continue;
      seen.set(key(link), count + 1);
      found.add(link);
    }
  }
  return [...found];
}
