// A client list comes in from another program, its people are released, one person's
// data are erased, and what was imported is undone.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, WIDE, accessible, fits, launch, notice, open, signIn, startDemo, steps, visitor } from './support.mjs';

const FILE = [
  'First name;Last name;E-mail;Handy;Geburtsdatum;Couple ID;Therapist;Notes',
  'Mina;Sato;mina@example.org;0151 23456789;3.5.1985;1;Ruth;Prefers mornings',
  'Leo;Sato;leo@example.org;;30.11.1983;1;;',
  'Ines;Alvarado;ines(at)example.org;;soon;2;Nobody Known;',
  'Tomás;Alvarado;;4.91512E+12;;2;;',
  ';;lost@example.org;;;;;',
  ...Array.from({ length: 60 }, (_, n) => `Noor;Haddad ${String.fromCharCode(65 + (n % 26))}${String.fromCharCode(97 + Math.floor(n / 26))};;;;;;`),
].join('\r\n');

for (const script of [true, false]) {
  describe(`a client list, JavaScript ${script ? 'on' : 'off'}`, () => {
    let demo;
    let browser;
    let folder;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'clients-'));
      writeFileSync(join(folder, 'clients.csv'), FILE);
      writeFileSync(join(folder, 'book.xlsx'), Buffer.from('PK\u0003\u0004rest', 'latin1'));
      demo = await startDemo();
      browser = await launch();
    });
    after(async () => { await browser?.close(); await demo?.stop(); rmSync(folder, { recursive: true, force: true }); });

    test('comes in, is released, erased and undone', async (t) => {
      const step = steps(t);
      const { page } = await visitor(browser, demo.address, { viewport: PHONE, script });
      await signIn(page, PEOPLE.owner, demo.password);

      await step('a workbook is refused in words', async () => {
        await open(page, '/practice/imports');
        await fits(page, 'import clients');
        if (script) await accessible(page, 'import clients');
        await page.getByLabel('Client list', { exact: true }).setInputFiles(join(folder, 'book.xlsx'));
        await page.getByRole('button', { name: 'Read the file' }).click();
        await page.getByText('Open it there, save it as CSV').first().waitFor();
      });

      await step('the file is read, and each row looked at', async () => {
        await page.getByLabel('Client list', { exact: true }).setInputFiles(join(folder, 'clients.csv'));
        await page.getByRole('button', { name: 'Read the file' }).click();
        await page.getByRole('heading', { level: 1, name: 'clients.csv' }).waitFor();
        await page.getByText('2 couples and 60 individual clients, 64 new people. 1 row is left out.').waitFor();
        for (const viewport of [PHONE, WIDE]) {
          await page.setViewportSize(viewport);
          await fits(page, `the dry run at ${viewport.width}`);
          if (script) await accessible(page, `the dry run at ${viewport.width}`);
        }
        await page.setViewportSize(PHONE);
        await page.getByRole('link', { name: /^Left out/ }).click();
        await page.getByText('there is no name in this row').waitFor();
        await page.getByRole('link', { name: /^With a remark/ }).click();
        await page.getByText('“4.91512E+12”: a spreadsheet has rounded this number').waitFor();
        await page.getByRole('link', { name: /^All rows/ }).click();
        await page.getByRole('link', { name: 'More rows' }).click();
        await page.getByText('Row 66').waitFor();
      });

      await step('a therapist is chosen, and it is imported', async () => {
        await page.getByLabel('Therapist', { exact: true }).selectOption({ label: 'Dr Ruth Abrahams' });
        await page.getByRole('button', { name: /^Import 62 clients/ }).click();
        await page.getByText('The preview was updated. Check it, then import.').first().waitFor();
        await page.getByRole('button', { name: /^Import 62 clients/ }).click();
        await page.getByRole('button', { name: 'Undo the import' }).waitFor({ timeout: 30_000 });
        await page.getByText('64 people are held').waitFor();
        await fits(page, 'what came of it');
        if (script) await accessible(page, 'what came of it');
      });

      await step('the therapist releases one couple', async () => {
        const therapist = await visitor(browser, demo.address, { viewport: PHONE, script });
        await signIn(therapist.page, PEOPLE.therapist, demo.password);
        await open(therapist.page, '/find?q=mina');
        await therapist.page.getByRole('link', { name: /Mina Sato/ }).first().click();
        await therapist.page.getByText('Imported and not released yet.').waitFor();
        await fits(therapist.page, 'a held client');
        await therapist.page.getByRole('button', { name: 'Release for emails and invitations' }).click();
        await notice(therapist.page, /Released\./);
        const record = new URL(therapist.page.url()).pathname;
        await open(therapist.page, `${record}?tab=details`);
        await therapist.page.getByText('Details from the import').first().click();
        await therapist.page.getByText('Prefers mornings').waitFor();
        await fits(therapist.page, 'details of an imported client');
        if (script) await accessible(therapist.page, 'details of an imported client');
        await therapist.page.getByRole('link', { name: /^Erase data…\s*: Mina Sato/ }).click();
        await therapist.page.getByRole('heading', { level: 1, name: 'Erase data of Mina Sato' }).waitFor();
        await fits(therapist.page, 'erasure');
        if (script) await accessible(therapist.page, 'erasure');
        assert.match(await therapist.page.getByRole('main').textContent(), /Kept until \d+ \w+ 20\d\d/);
        await therapist.close();
      });

      await step('the rest is undone', async () => {
        await page.reload();
        await page.getByText('62 people are held').waitFor();
        await page.getByRole('button', { name: 'Undo the import' }).click();
        await page.getByText('1 client stayed, because it was used before.').waitFor();
        await open(page, '/practice/retention');
        await fits(page, 'retention');
        if (script) await accessible(page, 'retention');
        await page.getByLabel('Messages', { exact: true }).fill('200');
        await page.getByRole('button', { name: 'Save years' }).click();
        await page.getByText('Enter a number of years from 0 to 50.').first().waitFor();
      });
    });
  });
}
