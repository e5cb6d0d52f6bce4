// Every page of every role, found by following links: one address of each shape
// (/clients/{id} is the shape of all clients' pages). In both themes and on wide
// and small screens, axe finds no fault and nothing is wider than the window.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AHEAD, NARROW, PEOPLE, PHONE, WIDE, accessible, fits, key, launch, open, reachable, shape, signIn, startDemo, visitor } from './support.mjs';

const PUBLIC = ['/sign-in', '/inquire', '/inquire/gone', '/forgot', '/mailbox', '/invitations/gone', '/reset/gone', '/nowhere'];
/** The shapes of pages that each role must be able to open. */
const EXPECTED = {
  owner: ['/practice', '/practice/sessions', '/practice/cancellations', '/practice/booking', '/practice/email', '/practice/places', '/practice/backups', '/practice/imports', '/practice/retention', '/staff', '/staff/{id}/edit', '/staff/{id}/supervision', '/practice/notes', '/practice/note-templates', '/practice/note-templates/new', '/practice/forms', '/practice/forms/new', '/practice/forms/{id}', '/practice/forms/{id}/edit', '/practice/intake', '/audit', '/account'],
  therapist: ['/today', '/caseload', '/library', '/library/{slug}', '/calendar', '/slots', '/waitlist', '/waitlist/new', '/messages', '/notes', '/cosign/{id}', '/clients/{id}/goals', '/goals/{id}', '/clients/{id}/notes/print', '/notes/{id}/print', '/clients/{id}/documents/new', '/documents/{id}', '/clients/{id}/consents/new', '/consents/{id}', '/consents/{id}/copy', '/clients/{id}/policy', '/clients/{id}/policy/new', '/clients/{id}/intake', '/clients/{id}/releases/new', '/releases/{id}', '/clients/{id}/disclosures/new', '/clients/{id}/data-requests/new', '/data-requests/{id}', '/account', '/account/security', '/account/feed', '/clients/new', '/clients/{id}', '/clients/{id}/assignments/new', '/clients/{id}/notes/new', '/clients/{id}/partners/{id}/edit', '/clients/{id}/partners/{id}/erasure', '/sessions/new', '/sessions/{id}', '/assignments/{id}', '/assignments/{id}/paper/{id}', '/clients/{id}/brief', '/clients/{id}/course', '/clients/{id}/adherence', '/clients/{id}/messages/{id}', '/library/import', '/library/{slug}/worksheet', '/authoring', '/authoring/{id}', '/pathways', '/pathways/new', '/pathways/{slug}', '/pathway-progress/{id}', '/pathway-progress/{id}/edit'],
  desk: ['/desk', '/waitlist', '/waitlist/new', '/slots', '/calendar', '/email-log', '/sessions/new', '/sessions/{id}', '/sessions/{id}/move', '/sessions/{id}/cancellation', '/desk/clients/{id}/intake', '/account'],
  partner: ['/portal', '/portal/sessions', '/portal/sessions/{id}', '/portal/times', '/portal/times?at,session', '/portal/settings', '/portal/contact', '/portal/contact/times', '/portal/welcome', '/portal/welcome?screen', '/portal/forms', '/portal/intake', '/portal/intake/{id}?screen', '/portal/consents/{id}', '/portal/releases/{id}', '/portal/documents', '/portal/data', '/portal/messages', '/portal/exercises/{id}', '/account'],
};

async function look(page, path, name) {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(path);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${name}: one heading of the first level`);
  assert.match(await page.title(), /\S/, name);
  // In the dark only the colours differ.
  for (const [viewport, colorScheme, rules] of [[WIDE, 'light'], [WIDE, 'dark', ['color-contrast']], [PHONE, 'light']]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const what = `${name}, ${viewport.width} wide, ${colorScheme}`;
    await fits(page, what);
    await accessible(page, what, rules);
  }
  await page.setViewportSize(NARROW);
  await fits(page, `${name}, 320 wide`);
}

describe('every page', { concurrency: 2 }, () => {
  let demo;
  let browser;
  before(async () => { demo = await startDemo(); browser = await launch(); });
  after(async () => { await browser?.close(); await demo?.stop(); });

  test('public pages are accessible and fit the window', async () => {
    const { page, close } = await visitor(browser, demo.address);
    for (const path of PUBLIC) await look(page, path, path);
    await close();
  });

  for (const [role, name] of Object.entries(PEOPLE).filter(([role]) => EXPECTED[role])) {
    test(`pages of the ${role} are accessible and fit the window`, async () => {
      const { page, close } = await visitor(browser, demo.address);
      await signIn(page, name, demo.password);
      const paths = await reachable(page, new URL(page.url()).pathname, AHEAD[role]);
      const shapes = new Set(paths.flatMap((path) => [shape(path), key(path)]));
      for (const expected of EXPECTED[role]) assert.ok(shapes.has(expected), `${expected} is reached by links; found ${[...shapes].join(' ')}`);
      for (const path of paths) await look(page, path, `${role} at ${shape(path)}`);
      await close();
    });
  }

  test('a page of another role answers like a page that does not exist', async () => {
    const { page, close } = await visitor(browser, demo.address);
    await signIn(page, PEOPLE.therapist, demo.password);
    await open(page, '/caseload');
    const client = await page.locator('main a[href^="/clients/"]:not([href="/clients/new"])').first().getAttribute('href');
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

  test('the first Tab stop is a link to the content', async () => {
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
