// The front desk's journey: books a session, sees what is taken and what is free
// next, moves it, cancels it, and sees which emails were sent. Runs with
// JavaScript and without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, accessible, fits, launch, linkInMail, notice, open, signIn, startDemo, steps, visitor, interactive, utcOffset } from './support.mjs';

/** The date of a Tuesday some weeks ahead, on which the demo has no session. */
function farDay() {
  const day = new Date(Date.now() + 45 * 86400e3);
  day.setUTCDate(day.getUTCDate() + ((9 - day.getUTCDay()) % 7));
  return day.toISOString().slice(0, 10);
}

for (const script of [true, false]) {
  describe(`the front desk, JavaScript ${script ? 'on' : 'off'}`, () => {
    let demo;
    let browser;
    before(async () => { demo = await startDemo(); browser = await launch(); });
    after(async () => { await browser?.close(); await demo?.stop(); });

    test('the desk books a session, sees a conflict, moves and cancels', async (t) => {
      const step = steps(t);
      const { page, close } = await visitor(browser, demo.address, { script });
      const main = page.getByRole('main');
      const date = farDay();
      let session;

      const choose = async (name) => {
        await open(page, '/sessions/new');
        await main.getByLabel('Search by name').fill(name);
        await main.getByRole('button', { name: 'Find client' }).click();
        await main.getByRole('link', { name }).first().click();
      };
      // An unusual time asks whether it is meant.
      const bookIt = async () => {
        await main.getByRole('button', { name: 'Book session' }).click();
        await page.waitForURL((url) => url.pathname !== '/sessions/new');
        const meant = main.getByLabel('Yes, at this time');
        if (await meant.count()) {
          await meant.check();
          await main.getByRole('button', { name: 'Book session' }).click();
        }
      };
      const slowly = async (work) => {
        await page.route('**/api/find*', async (route) => {
          await new Promise((done) => setTimeout(done, 500));
          // The page may be gone by then.
          await route.continue().catch(() => {});
        });
        await work();
        await page.unrouteAll();
      };
      const fill = async ({ time, place = 'Garden room, Lakeside', on = date }) => {
        await main.getByLabel('Both together').check();
        await main.getByLabel('Therapist').selectOption({ label: 'Dr Ruth Abrahams' });
        await main.getByLabel('Place').selectOption({ label: place });
        await main.getByLabel('Date', { exact: true }).fill(on);
        await main.getByLabel(/^Time \(/).fill(time);
        await main.getByLabel('Minutes').fill('50');
      };

      await step('the owner sets notices to be sent at once', async () => {
        await signIn(page, PEOPLE.owner, demo.password);
        await open(page, '/practice/cancellations');
        await main.getByLabel('Undo window (minutes)').fill('0');
        await main.getByRole('button', { name: 'Save settings' }).click();
        await notice(page, /saved/i);
        await page.getByRole('button', { name: 'Sign out' }).first().click();
      });

      await step('the desk finds a couple and books', async () => {
        await signIn(page, PEOPLE.desk, demo.password);
        if (script) {
          // The clients show while a name is typed, and the chosen time is kept.
          await open(page, '/sessions/new?date=2030-03-04&time=10%3A00');
          await interactive(page);
          await main.getByRole('combobox').pressSequentially('ama');
          await main.getByRole('option', { name: /Amara/ }).waitFor();
          await accessible(page, 'clients while a name is typed');
          await page.keyboard.press('Enter');
          await page.getByRole('heading', { level: 1, name: 'Book this session?' }).waitFor();
          await main.getByText(/4 March 2030, 10:00/).waitFor();

          // Enter pressed before a slow answer is not lost, and has no effect
          // once the list was closed.
          await slowly(async () => {
            await open(page, '/sessions/new');
            await interactive(page);
            const answered = page.waitForResponse(/\/api\/find/);
            await main.getByRole('combobox').fill('amara');
            await page.keyboard.press('Enter');
            await page.keyboard.press('Escape');
            await answered;
            await page.waitForTimeout(300);
            assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/sessions/new', 'closed, it stays closed');
            assert.equal(await main.getByRole('option').count(), 0);
            await main.getByRole('combobox').fill('nobody of this name');
            await page.keyboard.press('Enter');
            await page.waitForURL(/q=nobody/);
            await main.getByText('No client matches').first().waitFor();
          });
        }
        await choose('Amara');
        await fill({ time: '10:00' });
        await bookIt();
        await notice(page, /booked/i);
        if (!/\/sessions\/[0-9a-f-]{36}/.test(page.url())) {
          await open(page, `/calendar?view=day&date=${date}`);
          await main.getByRole('link').filter({ hasText: 'Amara' }).first().click();
        }
        session = new URL(page.url()).pathname;
      });

      await step('a taken time is named, the form is kept, and the next free time is offered', async () => {
        await choose('Lucía');
        await fill({ time: '10:20', place: 'Blue room, Lakeside' });
        await bookIt();
        await page.getByText(/Dr Ruth Abrahams.*(taken|booked|busy)|(taken|booked|busy).*Dr Ruth Abrahams|not free/i).first().waitFor();
        if (script) await accessible(page, 'a time that is taken');
        await fits(page, 'a time that is taken');
        assert.equal(await main.getByLabel('Date', { exact: true }).inputValue(), date);
        assert.match(await main.getByLabel(/^Time \(/).inputValue(), /^10:20/);
        assert.ok(!(await main.innerText()).includes('Jonas'), 'whose booking it is is not told');
        await main.getByRole('group', { name: 'Next free times' }).getByRole('button').first().click();
        await notice(page, /booked/i);
      });

      await step('the desk moves the session', async () => {
        await open(page, session);
        await main.getByRole('link', { name: 'Reschedule' }).click();
        await main.getByLabel(/^Time \(/).fill('15:00');
        await main.getByLabel(/^Reason/).fill('asked for by phone');
        await main.getByRole('button', { name: 'Move session' }).click();
        await notice(page, /rescheduled/i);
        await main.getByText(/15:00/).first().waitFor();
      });

      await step('one key checks in the next client', async () => {
        const offset = await utcOffset(page);
        await choose('Lucía');
        const local = (options) => new Date(Date.now() + 60_000 + offset).toLocaleString('sv-SE', { timeZone: 'UTC', ...options });
        const inAMinute = () => local({ hour: '2-digit', minute: '2-digit' });
        // In the last minute of a day no session can be booked for today.
        while (inAMinute() === '00:00') await page.waitForTimeout(5_000);
        const soon = inAMinute();
        await fill({ time: soon > '23:30' ? soon : '23:30', place: 'Blue room, Lakeside', on: local({ dateStyle: 'short' }) });
        await bookIt();
        await notice(page, /booked/i);
        await open(page, '/desk');
        const next = main.getByRole('button', { name: /^Check in( both)?:/ });
        const keys = () => next.evaluateAll((buttons) => buttons.map((button) => button.accessKey));
        const [key, ...others] = await keys();
        // The raw key event: the browser compares the character on the key.
        const keyboard = await page.context().newCDPSession(page);
        await keyboard.send('Input.dispatchKeyEvent', {
          type: 'keyDown', modifiers: 1, key: key.toLowerCase(), code: `${/\d/.test(key) ? 'Digit' : 'Key'}${key}`,
          unmodifiedText: key.toLowerCase(), windowsVirtualKeyCode: key.charCodeAt(0),
        });
        await notice(page, /Attendance saved/);
        assert.deepEqual(await keys(), others, 'the others keep their keys');
      });

      await step('a part of the name finds the client', async () => {
        await open(page, '/calendar');
        if (script) {
          await interactive(page);
          await page.keyboard.press('Control+k');
          await page.getByRole('combobox', { name: 'Find a client or a page' }).fill('amara');
          await page.getByRole('option', { name: /^Cancel/ }).first().waitFor();
          await accessible(page, 'the list behind Ctrl+K');
          await page.keyboard.press('Escape');
          assert.equal(await page.locator('[role=option]').count(), 0);
          // A fast typist presses all keys before the answer arrives.
          await slowly(async () => {
            await page.keyboard.press('Control+k');
            await page.keyboard.type('amara');
            await page.keyboard.press('ArrowDown');
            await page.keyboard.press('Enter');
            // Enter leads to the page of results, which lists the same.
            await page.waitForURL(/\/find\?q=amara/);
          });
        } else {
          await page.getByRole('searchbox', { name: 'Find a client or a page' }).fill('amara');
          await page.getByRole('button', { name: 'Find', exact: true }).click();
          await main.getByRole('link', { name: /^Cancel .*Amara/ }).click();
          await main.getByRole('heading', { level: 1, name: /Cancel/ }).waitFor();
        }
      });

      await step('the desk cancels the session', async () => {
        await open(page, session);
        await main.getByRole('link', { name: 'Cancel session' }).click();
        await main.getByLabel(/^Reason/).fill('they are away');
        await main.getByRole('button', { name: 'Cancel session' }).click();
        await notice(page, /cancelled/i);
        await main.getByText(/\bCancelled$/).first().waitFor();
        assert.equal(await main.getByRole('link', { name: 'Reschedule' }).count(), 0);
      });

      await step('the emails are sent and do not mention therapy', async () => {
        await linkInMail(page, 'amara', /cancelled/i);
        const text = await main.innerText();
        assert.ok(!/therap|couple|counsel|exercise|jonas/i.test(text), text);
        await open(page, '/email-log?tab=sent');
        await main.getByText('Sent').first().waitFor();
        // The desk can read an email exactly as it was sent.
        await main.getByRole('link', { name: /: open Notice of a cancellation/ }).first().click();
        await main.getByRole('heading', { level: 1, name: /is cancelled/ }).waitFor();
      });

      await close();
    });
  });
}
