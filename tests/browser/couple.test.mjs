// A couple's way from being entered to the first reveal, in three browsers: the
// therapist's and one for each partner. Runs with JavaScript and without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, accessible, fits, interactive, launch, linkInMail, notice, open, signIn, startDemo, steps, turnTo, visitor } from './support.mjs';

const PASSWORD = 'a quiet path along the river';
for (const script of [true, false]) {
  describe(`a couple, JavaScript ${script ? 'on' : 'off'}`, () => {
    let demo;
    let browser;
    before(async () => { demo = await startDemo(); browser = await launch(); });
    after(async () => { await browser?.close(); await demo?.stop(); });

    test('a couple is entered, invited, answers and sees the reveal', async (t) => {
      const step = steps(t);
      const therapist = await visitor(browser, demo.address, { script });
      const mail = await visitor(browser, demo.address, { script });
      const partners = {
        a: { name: 'Hanna Brandt', email: 'hanna.brandt@example.org', login: 'hanna', says: 'We walked home in the rain and laughed.', confides: 'I still count the lighthouse nights.', ...await visitor(browser, demo.address, { script, viewport: PHONE }) },
        b: { name: 'Lucas Brandt', email: 'lucas.brandt@example.org', login: 'lucas', says: 'You waited up for me on Tuesday.', confides: 'Most days I would rather be at sea.', ...await visitor(browser, demo.address, { script, viewport: PHONE }) },
      };
      const { page } = therapist;
      let client;

      await step('the therapist enters the couple', async () => {
        await signIn(page, PEOPLE.therapist, demo.password);
        await open(page, '/caseload');
        await page.getByRole('link', { name: 'New couple' }).click();
        for (const [seat, person] of [['First partner', partners.a], ['Second partner', partners.b]]) {
          const group = page.getByRole('group', { name: seat });
          await group.getByRole('textbox', { name: 'Name', exact: true }).fill(person.name);
          await group.getByRole('textbox', { name: /^E-mail( optional)?$/ }).fill(person.email);
        }
        await page.getByRole('button', { name: 'Create' }).click();
        await page.getByRole('heading', { level: 1, name: /Hanna Brandt/ }).waitFor();
        client = new URL(page.url()).pathname;
        assert.match(client, /^\/clients\/[0-9a-f-]{36}$/);
      });

      await step('the therapist invites both', async () => {
        for (const person of Object.values(partners)) {
          await open(page, `${client}?tab=details`);
          await page.getByRole('button', { name: new RegExp(`^Send invitation.*${person.name}`) }).click();
          await notice(page, /^Invitation sent/);
        }
      });

      await step('each partner accepts the invitation from their email', async () => {
        for (const person of Object.values(partners)) {
          const link = await linkInMail(mail.page, person.email, /http:\/\/localhost:\d+\/invitations\/[\w-]+/);
          await person.page.goto(link);
          await person.page.getByLabel('Name to sign in with').fill(person.login);
          await person.page.getByLabel('Password').fill('short');
          await person.page.getByRole('button', { name: 'Start' }).click();
          await person.page.getByRole('alert').waitFor();
          if (script) await accessible(person.page, 'a refused form');
          assert.equal(await person.page.getByLabel('Name to sign in with').inputValue(), person.login, 'what was typed is still there');
          await person.page.getByLabel('Password').fill(PASSWORD);
          await person.page.getByRole('button', { name: 'Start' }).click();
          await person.page.getByRole('button', { name: /^Sign (out|in)$/ }).first().waitFor();
          if (new URL(person.page.url()).pathname === '/sign-in') await signIn(person.page, person.login, PASSWORD);
          await open(person.page, '/portal');
          // An invitation link works only once.
          const again = await mail.page.goto(link);
          assert.ok(again.status() >= 400);
        }
      });

      await step('the therapist assigns "reachable"', async () => {
        await open(page, `${client}/assignments/new?exercise=reachable`);
        await page.getByLabel('Both of them').check();
        await page.getByLabel('By a date').check();
        await page.getByLabel('Due by').fill(new Date(Date.now() + 5 * 86400e3).toISOString().slice(0, 10));
        await page.getByRole('main').getByRole('button', { name: 'Assign exercise' }).click();
        await notice(page, /assigned/i);
      });

      await step('each partner writes a draft, closes the tab and finds it again', async () => {
        for (const person of Object.values(partners)) {
          await open(person.page, '/portal');
          await person.page.getByRole('main').getByRole('link', { name: 'Begin: How reachable we are' }).click();
          person.exercise = new URL(person.page.url()).pathname;
          // By their elements: a field on another screen is not in sight.
          const fields = person.page.getByRole('main').locator('textarea');
          if (script) await interactive(person.page);
          await turnTo(person.page, fields.first());
          await fields.first().fill(person.says);
          await turnTo(person.page, fields.last());
          await fields.last().fill(person.confides);
          if (script) await person.page.getByText(/^Saved/).first().waitFor();
          else await person.page.getByRole('button', { name: 'Save for later' }).click();
          if (!script) await notice(person.page, /^Saved/);
          await person.page.close();
          person.page = await person.context.newPage();
          await open(person.page, person.exercise);
          assert.equal(await person.page.getByRole('main').locator('textarea').first().inputValue(), person.says);
          if (script) await accessible(person.page, 'the exercise, on a phone');
          await fits(person.page, 'the exercise, on a phone');
        }
      });

      await step('a draft is readable for its writer only', async () => {
        await open(page, client);
        await page.getByRole('main').getByRole('link', { name: 'How reachable we are' }).click();
        assert.ok(!(await page.content()).includes(partners.a.says), 'not the therapist\'s');
        const { page: other } = partners.b;
        await open(other, partners.a.exercise);
        assert.ok(!(await other.content()).includes(partners.a.says), 'not the partner\'s');
      });

      await step('one partner sends, and nothing is revealed', async () => {
        await send(partners.a.page, partners.a.exercise, script);
        await partners.a.page.getByText(/when you have both answered/i).first().waitFor();
        await open(partners.b.page, partners.b.exercise);
        assert.ok(!(await partners.b.page.content()).includes(partners.a.says));
      });

      await step('the other sends, and both responses are revealed', async () => {
        await send(partners.b.page, partners.b.exercise, script);
        for (const [own, other] of [[partners.a, partners.b], [partners.b, partners.a]]) {
          await open(own.page, own.exercise);
          await own.page.getByRole('main').getByText(other.says).first().waitFor();
          await own.page.getByRole('main').getByText(own.says).first().waitFor();
          assert.ok(!(await own.page.content()).includes(other.confides), 'what is for the therapist stays with the therapist');
          if (script) await accessible(own.page, 'what was opened');
          await fits(own.page, 'what was opened');
        }
      });

      await step('the therapist reads both responses', async () => {
        await open(page, `${client}?tab=exercises`);
        await page.getByRole('main').getByRole('link', { name: /How reachable we are/ }).first().click();
        for (const person of Object.values(partners)) {
          await page.getByText(person.says).first().waitFor();
          await page.getByText(person.confides).first().waitFor();
        }
        if (script) await accessible(page, 'what the therapist reads');
      });

      if (script) {
        await step('the therapist\'s note is saved while it is typed', async () => {
          await open(page, `${client}/notes/new`);
          const between = page.getByLabel('What happened between them');
          await between.fill('Both came in quietly');
          // It is kept from the first letter, before a record is chosen.
          await page.getByText(/^Saved \d\d:\d\d/).waitFor();
          await page.getByText('No record chosen yet.').waitFor();
          await page.getByRole('radio', { name: /^The couple|^Joint|both/i }).first().check();
          await page.waitForResponse((answer) => answer.url().endsWith('/api/note') && answer.ok());
          assert.match(new URL(page.url()).pathname, /^\/notes\/[0-9a-f-]{36}$/);
          await between.pressSequentially(' and left lighter.');
          await page.waitForResponse((answer) => answer.url().endsWith('/api/note') && answer.ok());
          await page.reload();
          assert.equal(await between.inputValue(), 'Both came in quietly and left lighter.');
          // Signing needs the sections of the template, a confirmation and the password.
          await page.getByRole('button', { name: 'Sign note' }).click();
          await page.getByText(/Review the note, and tick the box/).first().waitFor();
          for (const risk of await page.getByLabel(/^Risk:/).all()) await risk.fill('Asked alone, none told.');
          await page.getByLabel('Plan', { exact: true }).fill('One walk before we meet again.');
          const reason = page.getByLabel(/without a signed secrets policy/);
          if (await reason.isVisible()) await reason.fill('They sign next week.');
          await page.getByLabel('I’ve reviewed this note').check();
          await page.getByLabel('Your password').fill(demo.password);
          await page.getByRole('button', { name: 'Sign note' }).click();
          await notice(page, /^Note signed/);
        });
      }

      await therapist.close();
      await mail.close();
      for (const person of Object.values(partners)) await person.close();
    });
  });
}

/** Answers the open questions of an exercise and sends it. */
async function send(page, exercise, script) {
  await open(page, exercise);
  if (script) await interactive(page);
  const main = page.getByRole('main');
  const next = main.getByRole('button', { name: 'Continue', exact: true });
  for (;;) {
    for (const group of await main.getByRole('group').filter({ has: page.getByRole('radio') }).all()) {
      if (!(await group.getByRole('radio', { checked: true }).count())) await group.getByRole('radio', { name: '3' }).first().check();
    }
    if (!(await next.isVisible())) break;
    await next.click();
  }
  await main.getByRole('button', { name: 'Send', exact: true }).click();
  await notice(page, /^Thank you/);
}
