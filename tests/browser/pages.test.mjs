// Every page of every role, found by following links: one of each shape
// (/clients/{id} stands for all clients). In both themes and on wide and
// small screens axe finds nothing and nothing is wider than the window.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NARROW, PEOPLE, PHONE, WIDE, accessible, fits, launch, shape, signIn, startDemo, visitor } from './support.mjs';

const PUBLIC = ['/sign-in', '/inquire', '/inquire/gone', '/forgot', '/mailbox', '/invitations/gone', '/reset/gone', '/nowhere'];
/** What each role must at least be able to open. */
const EXPECTED = {
  owner: ['/practice', '/staff', '/audit', '/account'],
  therapist: ['/today', '/caseload', '/library', '/library/{slug}', '/calendar', '/slots', '/inquiries', '/inquiries/new', '/account', '/clients/new', '/clients/{id}', '/clients/{id}/assignments/new', '/clients/{id}/notes/new', '/clients/{id}/partners/{id}/edit', '/sessions/new', '/sessions/{id}', '/assignments/{id}', '/assignments/{id}/paper/{id}', '/clients/{id}/brief', '/clients/{id}/course', '/clients/{id}/adherence', '/clients/{id}/letters/{id}', '/library/import', '/library/{slug}/worksheet', '/drafts/{id}', '/pathways', '/pathways/new', '/pathways/{slug}', '/walks/{id}', '/walks/{id}/edit'],
  desk: ['/desk', '/inquiries', '/inquiries/new', '/slots', '/calendar', '/messages', '/sessions/new', '/sessions/{id}', '/sessions/{id}/move', '/sessions/{id}/cancellation', '/account'],
  partner: ['/portal', '/portal/sessions/{id}', '/portal/times', '/portal/contact', '/portal/letters', '/portal/exercises/{id}', '/account'],
};

/** Next week's sessions come first where somebody moves them: today's may be over. */
const AHEAD = { desk: ['/sessions/new?q=amara', `/calendar?view=week&date=${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}`] };

const key = (path) => {
  const names = [...new URLSearchParams(path.split('?')[1] ?? '').keys()].sort().join(',');
  return names ? `${shape(path)}?${names}` : shape(path);
};

/** Of these a few are looked at: a cancelled one, or one that is too near, has less on it. */
const SEVERAL = { '/sessions/{id}': 6, '/portal/sessions/{id}': 3 };

/** One address for each shape of page this visitor can reach. */
async function reachable(page, start, first = []) {
  const found = new Set([...first, start]);
  const seen = new Map([...found].map((path) => [key(path), 1]));
  for (const path of found) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 200, `${path}, which a page links to`);
    const links = await page.evaluate(() =>
      [...document.querySelectorAll('a[href]:not([download])')].filter((a) => a.origin === location.origin).map((a) => a.pathname + a.search));
    for (const link of links) {
      const count = seen.get(key(link)) ?? 0;
      if (found.has(link) || count >= (SEVERAL[key(link)] ?? 1)) continue;
      seen.set(key(link), count + 1);
      found.add(link);
    }
  }
  return [...found];
}

async function look(page, path, name) {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(path);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${name}: one heading of the first level`);
  assert.match(await page.title(), /\S/, name);
  for (const [viewport, colorScheme] of [[WIDE, 'light'], [WIDE, 'dark'], [PHONE, 'light']]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const what = `${name}, ${viewport.width} wide, ${colorScheme}`;
    await fits(page, what);
    await accessible(page, what);
  }
  await page.setViewportSize(NARROW);
  await fits(page, `${name}, 320 wide`);
}

describe('every page', { concurrency: 2 }, () => {
  let demo;
  let browser;
  before(async () => { demo = await startDemo(); browser = await launch(); });
  after(async () => { await browser?.close(); await demo?.stop(); });

  test('without signing in', async () => {
    const { page, close } = await visitor(browser, demo.address);
    for (const path of PUBLIC) await look(page, path, path);
    await close();
  });

  for (const [role, name] of Object.entries(PEOPLE).filter(([role]) => EXPECTED[role])) {
    test(`as ${role}`, async () => {
      const { page, close } = await visitor(browser, demo.address);
      await signIn(page, name, demo.password);
      const paths = await reachable(page, new URL(page.url()).pathname, AHEAD[role]);
      const shapes = new Set(paths.map(shape));
      for (const expected of EXPECTED[role]) assert.ok(shapes.has(expected), `${expected} is reached by links; found ${[...shapes].join(' ')}`);
      for (const path of paths) await look(page, path, `${role} at ${shape(path)}`);
      await close();
    });
  }

  test('a page answers whom it is not for as one that never was', async () => {
    const { page, close } = await visitor(browser, demo.address);
    await signIn(page, PEOPLE.therapist, demo.password);
    const client = (await reachable(page, '/caseload')).find((path) => /^\/clients\/[0-9a-f-]{36}$/.test(path));
    const { page: other, close: closeOther } = await visitor(browser, demo.address);
    await signIn(other, PEOPLE.desk, demo.password);
    const foreign = await other.goto(client);
    const heading = await other.getByRole('heading', { level: 1 }).innerText();
    const missing = await other.goto('/clients/00000000-0000-7000-8000-000000000000');
    assert.equal(foreign.status(), 404);
    assert.equal(missing.status(), 404);
    assert.equal(await other.getByRole('heading', { level: 1 }).innerText(), heading);
    await close();
    await closeOther();
  });

  test('the keyboard reaches the content first', async () => {
    const { page, close } = await visitor(browser, demo.address);
    await signIn(page, PEOPLE.therapist, demo.password);
    await page.goto('/caseload');
    await page.keyboard.press('Tab');
    const skip = page.locator(':focus');
    assert.match(await skip.innerText(), /skip/i);
    assert.ok(await skip.isVisible());
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#main');
    await close();
  });
});
