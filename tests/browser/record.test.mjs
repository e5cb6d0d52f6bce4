// The clinical record of a couple, taken through by hand: an intake that is stopped and
// gone on with, a secrets policy, a note with an addendum, a co-signature, a release that
// one of the two withdraws, and a copy of one's own data. The partners are on phones.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, accessible, fits, interactive, launch, notice, open, signIn, startDemo, steps, visitor } from './support.mjs';

/** What Jonas's side of the record says, and nothing of Amara's may contain. */
const HIS = 'He counts the mornings by the harbour.';
/** A folder for pictures of the pages, to look at them. */
const PICTURES = process.env.PICTURES;

describe('the record', () => {
  let demo;
  let browser;
  before(async () => { demo = await startDemo(); browser = await launch(); });
  after(async () => { await browser?.close(); await demo?.stop(); });

  test('a couple is taken through intake, policy, notes, a release and a copy', async (t) => {
    const step = steps(t);
    const therapist = await visitor(browser, demo.address);
    const amara = await visitor(browser, demo.address, { viewport: PHONE });
    const jonas = await visitor(browser, demo.address, { viewport: PHONE });
    const { page } = therapist;
    let client;
    let taken = 0;
    const look = async (at, what) => {
      await fits(at, what);
      await accessible(at, what);
      taken += 1;
      if (PICTURES) await at.screenshot({ path: `${PICTURES}/${String(taken).padStart(2, '0')} ${what}.png`, fullPage: true });
    };
    const press = (at, name) => Promise.all([at.waitForEvent('load'), at.getByRole('main').getByRole('button', { name, exact: true }).click()]);
    const follow = (at, name) => Promise.all([at.waitForEvent('load'), at.getByRole('main').getByRole('link', { name }).first().click()]);
    /** Signs the text that a partner's page shows. */
    const sign = async ({ page: at }, name, what) => {
      await at.getByRole('checkbox', { name: /^I have read this text/ }).check();
      await at.getByLabel('Your name').fill(name);
      const password = at.getByLabel('Your password');
      if (await password.isVisible()) await password.fill(demo.password);
      await look(at, what);
      await press(at, 'Sign');
      await notice(at, /signed/i);
    };

    await step('an intake is stopped, and gone on with after signing in again', async () => {
      const { page: at } = amara;
      await signIn(at, PEOPLE.partner, demo.password);
      await open(at, '/portal/intake');
      await follow(at, 'Continue');
      await at.getByLabel('Their name').fill('Ngozi Okafor');
      await press(at, 'Save and finish later');
      await Promise.all([at.waitForEvent('load'), at.getByRole('button', { name: 'Sign out' }).first().click()]);
      await signIn(at, PEOPLE.partner, demo.password);
      await open(at, '/portal/intake');
      await at.getByText('Begun').first().waitFor();
      await look(at, 'intake');
      await follow(at, 'Continue');
      assert.equal(await at.getByLabel('Their name').inputValue(), 'Ngozi Okafor');
      await at.getByLabel('Who they are to you').fill('My sister');
      await at.getByLabel('Phone').fill('+49 30 5550 170');
      await look(at, 'a screen of the intake');
      await press(at, 'Save and continue');
      await open(at, '/portal/intake');
      await at.getByText('4 of 6').first().waitFor();
    });

    await step('the other partner answers the same list and sees nothing of hers', async () => {
      const { page: at } = jonas;
      await signIn(at, PEOPLE.other, demo.password);
      await open(at, '/portal/intake');
      assert.ok(!(await at.content()).includes('Ngozi'));
      await follow(at, 'Continue');
      await at.getByLabel('Date of birth').fill('1987-03-09');
      await at.getByLabel('Phone').fill('+49 30 5550 171');
      await press(at, 'Save and continue');
      await open(at, '/portal/intake');
      await at.getByText('2 of 6').first().waitFor();
    });

    await step('the therapist sees how far both are, and proposes another policy', async () => {
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, '/find?q=amara');
      client = new URL(await page.locator('main a[href^="/clients/"]').first().getAttribute('href'), demo.address).pathname;
      await open(page, `${client}?tab=forms`);
      await page.getByText('4 of 6').waitFor();
      await look(page, 'forms of a client');
      await open(page, `${client}/intake`);
      await page.getByText('Ngozi Okafor').waitFor();
      await look(page, 'intake of a client');
      await open(page, `${client}/policy/new`);
      await page.getByRole('radio', { name: /^Separate confidences/ }).check();
      await press(page, 'Continue');
      await look(page, 'decisions of a policy');
      await press(page, 'Ask both to sign');
      await look(page, 'policy proposed');
    });

    await step('both sign it, each alone', async () => {
      for (const [partner, name] of [[amara, 'Amara Nwosu'], [jonas, 'Jonas Weber']]) {
        const { page: at } = partner;
        await open(at, '/portal/forms');
        await follow(at, /separate confidences/i);
        await sign(partner, name, `policy of ${name}`);
        await look(at, `policy signed by ${name}`);
      }
      await open(page, `${client}/policy`);
      await page.getByText(/^In force since/).waitFor();
      await look(page, 'policy in force');
    });

    const writeNote = async (record, words) => {
      await open(page, `${client}/notes/new`);
      await interactive(page);
      await page.getByRole('radio', { name: record }).check();
      await page.getByLabel('What happened between them').fill(words);
      for (const risk of await page.getByLabel(/^Risk:/).all()) if (await risk.isVisible()) await risk.fill('Asked alone, none told.');
      await page.getByLabel('Plan', { exact: true }).fill('One walk before we meet again.');
      await page.getByLabel('I’ve reviewed this note').check();
      await page.getByLabel('Your password').fill(demo.password);
      await press(page, 'Sign note');
      await notice(page, /^Note signed/);
      return new URL(page.url()).pathname;
    };

    await step('notes are signed, one is added to, and printed as a PDF', async () => {
      await writeNote('Jonas Weber only', HIS);
      const note = await writeNote(/^Both partners/, 'They agreed on the evening walk.');
      await look(page, 'note signed');
      await follow(page, /addendum/i);
      await page.locator('main textarea').first().fill('The walk is on Thursday.');
      await page.getByLabel('I’ve reviewed this note').check();
      await page.getByLabel('Your password').fill(demo.password);
      await look(page, 'addendum');
      await press(page, 'Sign addendum');
      await open(page, note);
      await page.getByText('The walk is on Thursday.').waitFor();
      await look(page, 'note with its addendum');
      await open(page, `${note}/print`);
      await look(page, 'note to print');
      const pdf = await page.request.get(`${demo.address}${note}/pdf`);
      assert.equal(pdf.headers()['content-type'], 'application/pdf');
      assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
    });

    await step('a note under supervision is co-signed', async () => {
      await open(page, '/notes?tab=cosign');
      await look(page, 'notes to co-sign');
      await Promise.all([page.waitForEvent('load'), page.locator('main a[href^="/cosign/"]').first().click()]);
      await look(page, 'a note to co-sign');
      await page.getByLabel('Your password').first().fill(demo.password);
      await press(page, 'Co-sign note');
      await notice(page, /co-signed/i);
    });

    await step('a release is signed by both and withdrawn by one', async () => {
      await open(page, `${client}/releases/new`);
      await page.getByLabel('Recipient', { exact: true }).fill('Dr. Ada Berger');
      await page.getByLabel('Address', { exact: true }).fill('Seeweg 4\n12345 Seestadt');
      await page.getByRole('radio', { name: 'By post' }).check();
      await page.getByLabel('Purpose', { exact: true }).fill('A second opinion');
      await page.getByLabel('Signed notes of these days').check();
      await page.getByLabel('Signed notes about Jonas Weber alone').check();
      await look(page, 'a new release');
      await press(page, 'Ask for signatures');
      const release = new URL(page.url()).pathname;
      await look(page, 'release to sign');
      for (const [partner, name] of [[amara, 'Amara Nwosu'], [jonas, 'Jonas Weber']]) {
        const { page: at } = partner;
        await open(at, '/portal/forms');
        await follow(at, /Dr\. Ada Berger/);
        await look(at, `release for ${name}`);
        await press(at, 'Continue to sign');
        await sign(partner, name, `release to sign for ${name}`);
      }
      await open(page, release);
      await page.getByText('Ready to send').first().waitFor();
      await look(page, 'release ready to send');
      const { page: at } = jonas;
      await open(at, `/portal${release}`);
      await Promise.all([at.waitForEvent('load'), at.getByRole('main').getByRole('button', { name: 'Withdraw my signature' }).click()]);
      await notice(at, /withdrawn/i);
      await open(page, release);
      assert.equal(await page.getByRole('button', { name: /^Make the files/ }).count(), 0);
      await look(page, 'release withdrawn');
      await open(amara.page, `/portal${release}`);
      await amara.page.getByText(/no longer open/).waitFor();
      await look(amara.page, 'release no longer open');
    });

    await step('a copy of her own data is asked for, decided and fetched', async () => {
      const { page: at } = amara;
      await open(at, '/portal/data');
      await press(at, 'Ask for a copy');
      await look(at, 'copy asked for');
      await open(page, '/today');
      await follow(page, /^Copy of data for Amara/);
      await look(page, 'a request for a copy');
      const include = page.getByRole('button', { name: 'Include all open joint items' });
      if (await include.isVisible()) await Promise.all([page.waitForEvent('load'), include.click()]);
      for (;;) {
        const undecided = page.getByRole('listitem').filter({ hasText: 'Not decided' }).getByRole('link').first();
        if (!(await undecided.count())) break;
        await Promise.all([page.waitForEvent('load'), undecided.click()]);
        await look(page, 'an item to decide');
        await page.getByRole('radio', { name: /^Include/ }).first().check();
        await press(page, 'Save decision');
      }
      await press(page, 'Finish your part');
      const until = Date.now() + 60_000;
      const file = at.getByRole('link', { name: /^Data file/ });
      do {
        assert.ok(Date.now() < until, 'the copy is made');
        await at.waitForTimeout(500);
        await open(at, '/portal/data');
      } while (!(await file.count()));
      await look(at, 'copy ready');
      const data = await at.request.get(`${demo.address}${await file.getAttribute('href')}`);
      const text = await data.text();
      assert.ok(text.includes('They agreed on the evening walk.'));
      assert.ok(!text.includes(HIS), 'what is the other’s alone');
      const pdf = await at.request.get(`${demo.address}${await at.getByRole('link', { name: /^PDF/ }).getAttribute('href')}`);
      assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
    });

    for (const { close } of [therapist, amara, jonas]) await close();
  });
});
