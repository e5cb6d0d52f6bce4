// What surrounds an exercise: a plan for both partners, putting an exercise off,
// a message to the therapist, authoring. Runs with JavaScript and without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, accessible, fits, interactive, launch, notice, open, signIn, startDemo, steps, turnTo, visitor } from './support.mjs';

const inDays = (days) => new Date(Date.now() + days * 86400e3).toISOString().slice(0, 10);
const TITLE = 'Time with no errand in it';

for (const script of [true, false]) {
  describe(`around an exercise, JavaScript ${script ? 'on' : 'off'}`, () => {
    let demo;
    let browser;
    before(async () => { demo = await startDemo(); browser = await launch(); });
    after(async () => { await browser?.close(); await demo?.stop(); });

    test('partners plan, put an exercise off and write to the therapist', async (t) => {
      const step = steps(t);
      const amara = await visitor(browser, demo.address, { script, viewport: PHONE });
      const jonas = await visitor(browser, demo.address, { script, viewport: PHONE });
      const ruth = await visitor(browser, demo.address, { script });
      await signIn(amara.page, PEOPLE.partner, demo.password);
      await signIn(jonas.page, PEOPLE.other, demo.password);
      await signIn(ruth.page, PEOPLE.therapist, demo.password);
      const go = async ({ page }, title) => {
        await open(page, '/portal');
        await page.getByRole('main').getByRole('link', { name: new RegExp(`: ${title}$`) }).click();
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
      };

      await step('one partner moves the plan that the other set', async () => {
        await go(jonas, TITLE);
        const plan = jonas.page.getByRole('region', { name: 'When is your time for the two of you?' });
        if (script) await interactive(jonas.page);
        await turnTo(jonas.page, plan);
        await plan.getByText('Set by Amara').waitFor();
        await plan.locator('summary', { hasText: 'Move plan' }).click();
        await plan.getByLabel('Day').fill('2020-01-01');
        await plan.getByLabel(/^Time/).fill('20:15');
        await plan.getByRole('button', { name: 'Move plan' }).click();
        await jonas.page.getByRole('alert').filter({ hasText: 'This time has passed' }).waitFor();
        assert.equal(await plan.getByLabel(/^Time/).inputValue(), '20:15', 'what was typed is still there');
        await plan.getByLabel('Day').fill(inDays(4));
        await plan.getByRole('button', { name: 'Move plan' }).click();
        await notice(jonas.page, 'Planned.');
        await fits(jonas.page, 'a plan, on a phone');
        await go(amara, TITLE);
        const cancel = amara.page.getByRole('button', { name: 'Cancel plan' });
        if (script) await interactive(amara.page);
        await turnTo(amara.page, cancel);
        await amara.page.getByText('Set by Jonas').waitFor();
        // A plan four days ahead cannot be marked as done.
        assert.equal(await amara.page.getByRole('button', { name: 'We did it' }).count(), 0);
        await cancel.click();
        await notice(amara.page, 'Done.');
      });

      await step('one tap gives a reason that only the therapist sees', async () => {
        await go(jonas, TITLE);
        await jonas.page.locator('summary', { hasText: 'Not just now?' }).click();
        await jonas.page.getByRole('button', { name: 'There was no time' }).click();
        await notice(jonas.page, /^Noted/);
        await go(amara, TITLE);
        assert.ok(!(await amara.page.content()).includes('There was no time”'), 'not the partner’s to read');
        await open(ruth.page, '/caseload');
        await ruth.page.getByRole('link', { name: /Amara Nwosu/ }).first().click();
        await ruth.page.getByRole('navigation', { name: 'Record' }).getByRole('link', { name: 'Exercises' }).click();
        await ruth.page.getByText('Jonas Weber: There was no time').waitFor();
      });

      await step('the therapist gets a message and answers it', async () => {
        await go(amara, TITLE);
        await amara.page.getByRole('link', { name: /^Write to Dr Ruth Abrahams/ }).click();
        await amara.page.getByRole('button', { name: 'Send' }).click();
        await amara.page.getByRole('alert').waitFor();
        await amara.page.getByLabel(/^To Dr Ruth/).fill('I would rather say this to you first: harbour canary.');
        await amara.page.getByRole('button', { name: 'Send' }).click();
        await notice(amara.page, /^Message sent/);
        if (script) await accessible(amara.page, 'messages, on a phone');
        await open(jonas.page, '/portal/messages');
        assert.ok(!(await jonas.page.content()).includes('harbour canary'));
        await open(ruth.page, '/today');
        await ruth.page.getByRole('link', { name: 'Amara Nwosu wrote to you' }).click();
        await ruth.page.getByText('harbour canary').waitFor();
        await ruth.page.getByLabel('To Amara Nwosu').fill('Thank you. Let us begin with it.');
        await ruth.page.getByRole('button', { name: 'Send' }).click();
        await notice(ruth.page, /^Message sent/);
        await open(amara.page, '/portal');
        await amara.page.getByText('New message').first().waitFor();
        await amara.page.getByRole('main').getByRole('link', { name: /^Messages with/ }).click();
        await amara.page.getByText('Let us begin with it.').waitFor();
      });

      await step('the brief shows the reason and prints on one page', async () => {
        await open(ruth.page, '/today');
        await ruth.page.getByRole('link', { name: /^Brief\s*: Amara Nwosu & Jonas Weber/ }).first().click();
        await ruth.page.getByRole('img', { name: /last seven days/ }).waitFor();
        await ruth.page.getByText('“There was no time”').waitFor();
        assert.ok(!(await ruth.page.content()).includes('harbour canary'), 'a message is read where it is opened');
        const pdf = (await ruth.page.pdf({ format: 'A4' })).toString('latin1');
        assert.equal(pdf.match(/\/Type\s*\/Page[^s]/g).length, 1, 'on one page');
      });

      for (const { close } of [amara, jonas, ruth]) await close();
    });

    test('text typed before the script has loaded is not lost', { skip: !script }, async () => {
      const { page, close } = await visitor(browser, demo.address, { script, viewport: PHONE });
      await signIn(page, PEOPLE.other, demo.password);
      let arrive;
      const held = new Promise((done) => { arrive = done; });
      await page.route('**/*.wasm', async (route) => { await held; await route.continue(); });
      await open(page, '/portal');
      // Chosen by name: which exercise is due first depends on the weekday.
      await page.getByRole('main').getByRole('link', { name: /^(Begin|Continue): Coming home worn out$/ }).click();
      // By their elements: a field on another screen is not in sight.
      const fields = page.getByRole('main').locator('textarea');
      await fields.first().fill('Before the script');
      const box = page.getByRole('main').locator('input[type=radio]').first();
      await box.check();
      arrive();
      await page.getByText(/^Saved/).first().waitFor();
      await turnTo(page, fields.last());
      await fields.last().fill('Behind it');
      await page.waitForResponse((answer) => answer.url().endsWith('/api/draft') && answer.ok());
      await page.unroute('**/*.wasm');
      const here = page.url();
      await open(page, '/portal');
      await page.goto(here);
      assert.equal(await fields.first().inputValue(), 'Before the script');
      assert.equal(await fields.last().inputValue(), 'Behind it');
      assert.ok(await box.isChecked());
      await close();
    });

    test('a therapist writes an exercise', async () => {
      const { page, close } = await visitor(browser, demo.address, { script });
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, '/library');
      await page.getByRole('button', { name: 'Write an exercise' }).click();
      await page.getByLabel('Title').fill('Two cups of tea');
      await page.getByRole('button', { name: /^Pick one/ }).click();
      await page.getByLabel('What is asked').fill('Which cup is yours?');
      const draft = new URL(page.url()).pathname;
      const shown = page.getByRole('region', { name: 'As your clients will see it' });
      if (script) {
        // The preview changes during typing, and what is typed is saved.
        await shown.getByText('Which cup is yours?').waitFor();
        await page.getByLabel('What there is to pick').fill('The blue one\nThe chipped one');
        await shown.getByText('The chipped one').waitFor();
        await page.getByText(/^Saved/).first().waitFor();
        await accessible(page, 'the builder');
        await open(page, draft);
        assert.equal(await page.getByLabel('What is asked').inputValue(), 'Which cup is yours?');
      } else {
        await page.getByLabel('What there is to pick').fill('The blue one\nThe chipped one');
        await page.getByRole('button', { name: 'Save and preview' }).click();
        await shown.getByText('The chipped one').waitFor();
      }
      await page.getByRole('button', { name: 'Publish' }).click();
      // The errors are in the order of the fields, and each leads to its field.
      const errors = page.getByRole('alert').getByRole('link');
      await errors.getByText('Enter what it is for').waitFor();
      const said = await errors.allTextContents();
      assert.deepEqual(said.map((text) => text.replace(/[,;.].*/, '')), ['Enter what it is for', 'Enter when not to assign it', 'Minutes: Enter a number from 1 to 180', 'Choose how the two do it']);
      await errors.getByText('Enter when not to assign it').click();
      assert.equal(await page.evaluate(() => location.hash), '#f-cautions');
      assert.equal(await page.getByLabel('Title').inputValue(), 'Two cups of tea', 'what was typed is still there');
      await page.getByLabel('What it is for').fill('To laugh about the cups.');
      await page.getByLabel('When not to assign it').fill('Where there is no kettle.');
      await page.getByLabel('Minutes').fill('3');
      await page.getByLabel('Each alone', { exact: true }).check();
      await page.getByRole('button', { name: 'Publish' }).click();
      await notice(page, /published/i);
      await page.getByRole('heading', { level: 1, name: 'Two cups of tea' }).waitFor();
      await page.getByText('Where there is no kettle.').waitFor();
      await close();
    });
  });
}
