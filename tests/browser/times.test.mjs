// Requests for another time, and the calendar by mouse. Without JavaScript, a
// couple asks for another time from two phones and the desk accepts it. With
// JavaScript, a session is dragged and lengthened, and free time is clicked; each
// opens a form.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, accessible, fits, launch, notice, open, signIn, startDemo, steps, visitor, interactive } from './support.mjs';

describe('times', () => {
  let demo;
  let browser;
  before(async () => { demo = await startDemo(); browser = await launch(); });
  after(async () => { await browser?.close(); await demo?.stop(); });

  test('two partners and the desk agree on another time, without scripts', async (t) => {
    const step = steps(t);
    const plain = { script: false, viewport: PHONE };
    const amara = await visitor(browser, demo.address, plain);
    const jonas = await visitor(browser, demo.address, plain);
    const desk = await visitor(browser, demo.address, { script: false });
    const owner = await visitor(browser, demo.address, { script: false });
    let session;
    let wished;
    const choose = async (page) => {
      await open(page, `/portal/times?session=${session.split('/').at(-1)}`);
      const choice = page.locator('a.slot').nth(1);
      wished = await choice.getAttribute('aria-label');
      await choice.click();
      await page.getByRole('heading', { level: 1, name: `Ask Jonas to move to ${wished}?` }).waitFor();
      await fits(page, 'a request to review');
      await page.getByRole('button', { name: 'Ask Jonas' }).click();
    };

    await step('a request is reviewed, and taken back before anybody is told', async () => {
      const { page } = amara;
      await signIn(page, PEOPLE.partner, demo.password);
      // The last of their sessions: the next one may be too near to be changed.
      await open(page, '/portal/sessions');
      await open(page, await page.locator('main a[href^="/portal/sessions/"]').last().getAttribute('href'));
      session = new URL(page.url()).pathname.replace('/portal', '');
      await fits(page, 'a session of ones own');
      await page.getByRole('link', { name: 'We need another time' }).click();
      await fits(page, 'times to choose from');
      await choose(page);
      await notice(page, /your request is saved/i);
      await page.getByText(/We’ll ask Jonas at \d\d:\d\d/).waitFor();
      await signIn(jonas.page, PEOPLE.other, demo.password);
      await open(jonas.page, '/portal');
      assert.equal(await jonas.page.getByRole('region', { name: 'About your sessions' }).count(), 0, 'he knows nothing of it');
      await page.getByRole('button', { name: 'Take back' }).click();
      await notice(page, /nobody is told/i);
    });

    await step('without quiet minutes, the other partner is asked at once', async () => {
      await signIn(owner.page, PEOPLE.owner, demo.password);
      await open(owner.page, '/practice/cancellations');
      await owner.page.getByLabel('Undo window (minutes)').fill('0');
      await owner.page.locator('form:has([name=quiet_minutes]) button[type=submit]').last().click();
      await notice(owner.page, /saved/i);
      await choose(amara.page);
      await notice(amara.page, /asked your partner/i);
    });

    await step('the other partner agrees', async () => {
      const { page } = jonas;
      await open(page, '/portal');
      const wishes = page.getByRole('region', { name: 'About your sessions' });
      assert.ok((await wishes.innerText()).includes(wished), wished);
      await wishes.getByRole('button', { name: 'Yes, that works for me' }).click();
      await notice(page, /asked the practice/i);
    });

    await step('the desk accepts, and the change has no undo', async () => {
      const { page } = desk;
      await signIn(page, PEOPLE.desk, demo.password);
      await page.getByRole('button', { name: /^Move session: Amara/ }).click();
      await notice(page, /request accepted/i);
      assert.equal(new URL(page.url()).pathname, session);
      assert.equal(await page.getByRole('button', { name: 'Undo change' }).count(), 0);
    });

    await step('no request is open any more', async () => {
      const { page } = jonas;
      await open(page, '/portal');
      assert.equal(await page.getByRole('region', { name: 'About your sessions' }).count(), 0);
    });

    for (const { close } of [amara, jonas, desk, owner]) await close();
  });

  test('dragging moves a session, and a click on free time opens the booking form', async (t) => {
    const step = steps(t);
    const { page, close } = await visitor(browser, demo.address);
    const week = `/calendar?view=week&date=${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}`;
    const box = async (selector) => page.locator(selector).first().boundingBox();
    const drag = async (from, to) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(from.x, (from.y + to.y) / 2, { steps: 4 });
      await page.mouse.move(to.x, to.y, { steps: 4 });
      await page.mouse.up();
    };
    // No session follows it on its day, whatever today's weekday is. It may be below
    // the visible part of the page.
    const lastOfADay = async () => {
      const last = page.locator('.cal-items').filter({ has: page.locator('.cal-item[data-id]') }).first().locator('.cal-item[data-id]').last();
      await last.evaluate((node) => node.scrollIntoView({ block: 'center' }));
      return last;
    };
    const field = (name) => page.locator(`main [name=${name}]`).inputValue();

    await step('dragging a session an hour down fills in a time an hour later', async () => {
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, week);
      await interactive(page);
      const last = await lastOfADay();
      const item = await last.boundingBox();
      const hour = (await box('.cal-hours > li')).height;
      const before = (await last.locator('.cal-time').innerText()).slice(0, 5);
      const [x, y] = [item.x + item.width / 2, item.y + 12];
      await drag({ x, y }, { x, y: y + hour });
      await page.waitForURL(/\/move\?/);
      const [h, m] = before.split(':').map(Number);
      assert.equal(await field('time'), `${String(h + 1).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
      const move = () => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Move session' }).click()]);
      await move();
      // Where the demo is, the new time may be at night for a client: that asks first.
      const unusual = page.locator('main [name=outside]');
      if (await unusual.count()) {
        await unusual.check();
        await move();
      }
      await notice(page, /rescheduled/i);
    });

    await step('dragging its lower edge fills in another length', async () => {
      await open(page, week);
      await interactive(page);
      const item = await (await lastOfADay()).boundingBox();
      const hour = (await box('.cal-hours > li')).height;
      const [x, y] = [item.x + item.width / 2, item.y + item.height - 3];
      await drag({ x, y }, { x, y: y + hour / 2 });
      await page.waitForURL(/\/move\?minutes=/);
      assert.ok(Number(await field('minutes')) >= 75);
    });

    await step('a click on free time opens the booking form for that time', async () => {
      await open(page, `/calendar?view=week&date=${new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)}`);
      await interactive(page);
      const column = await box('.cal-items[data-date]');
      await page.mouse.click(column.x + column.width / 2, column.y + 130);
      await page.waitForURL(/\/sessions\/new\?/);
      await interactive(page);
      const asked = new URL(page.url()).searchParams;
      await page.getByLabel('Search by name').fill('amara');
      // Enter chooses the client of that name, even before the list is shown.
      await page.getByLabel('Search by name').press('Enter');
      await page.waitForURL(/client=/);
      assert.equal(await field('date'), asked.get('date'));
      assert.equal(await field('time'), asked.get('time'));
    });

    await step('a click beside the list does nothing on a phone', async () => {
      await page.setViewportSize(PHONE);
      await open(page, week);
      await interactive(page);
      // A point of a day's list that none of its sessions covers: which one has such a
      // point depends on the day.
      const beside = await page.evaluate(() => {
        for (const list of document.querySelectorAll('.cal-items[data-date]')) {
          list.scrollIntoView({ block: 'center' });
          const { left, right, top, bottom } = list.getBoundingClientRect();
          for (let y = Math.max(top, 0) + 1; y < Math.min(bottom, innerHeight); y += 1) {
            for (const x of [left + 1, (left + right) / 2, right - 1]) {
              if (document.elementFromPoint(x, y) === list) return { x, y };
            }
          }
        }
        return null;
      });
      assert.ok(beside, 'a list has room beside its sessions');
      await page.mouse.click(beside.x, beside.y);
      await page.waitForTimeout(400);
      assert.equal(new URL(page.url()).pathname, '/calendar');
      await page.setViewportSize({ width: 1280, height: 900 });
    });

    await step('a click without dragging opens the session', async () => {
      await open(page, week);
      await interactive(page);
      await page.locator('.cal-item[data-id] a').first().click();
      await page.waitForURL(/\/sessions\/[0-9a-f-]{36}$/);
      await accessible(page, 'a session');
    });

    await close();
  });
});
