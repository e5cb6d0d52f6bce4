// Pressing a button twice acts once, a deleted draft can be restored, and signing
// in again restores what was typed. On a slow connection, with JavaScript and
// without.

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, accessible, launch, notice, open, signIn, startDemo, visitor, waitForAddress } from './support.mjs';

/** Starts a proxy that delays the answers to POST requests by two seconds; the
 * requests themselves arrive at once. */
async function slowProxy(address) {
  const { host, hostname, port } = new URL(address);
  const server = createServer((asked, answer) => {
    // The server accepts its own address only, so the headers that name the
    // proxy's address are rewritten.
    const { origin, referer } = asked.headers;
    const headers = { ...asked.headers, host };
    if (origin) headers.origin = address;
    if (referer) headers.referer = referer.replace(new URL(referer).origin, address);
    const path = { hostname, port, path: asked.url, method: asked.method, headers };
    const on = request(path, (from) => {
      const give = () => { answer.writeHead(from.statusCode, from.headers); from.pipe(answer); };
      setTimeout(give, asked.method === 'POST' ? 2_000 : 0);
    });
    // The browser aborts the first press's request, and the proxy passes that on.
    answer.on('close', () => on.destroy());
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { address: `http://localhost:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

for (const script of [true, false]) {
  describe(`repeated presses, undo and signing in again, JavaScript ${script ? 'on' : 'off'}`, () => {
    let demo;
    let slow;
    let browser;
    before(async () => { demo = await startDemo(); slow = await slowProxy(demo.address); browser = await launch(); });
    after(async () => { await browser?.close(); slow?.stop(); await demo?.stop(); });

    test('two presses on a slow line make one couple and one account', async () => {
      const { page, close } = await visitor(browser, slow.address, { script });
      const main = page.getByRole('main');
      // Clicks by coordinates, because a locator's click waits for the first answer.
      const twice = async (button) => {
        await button.scrollIntoViewIfNeeded();
        const { x, y, width, height } = await button.boundingBox();
        for (const pause of [400, 0]) {
          await page.mouse.click(x + width / 2, y + height / 2);
          await new Promise((done) => setTimeout(done, pause));
        }
      };
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, '/clients/new?kind=couple');
      for (const [n, name] of ['Lea Twice', 'Ben Twice'].entries()) {
        await main.getByLabel(/^Name/).nth(n).fill(name);
      }
      await twice(main.locator('form[action="/clients"] button[type=submit]').last());
      await waitForAddress(page, /\/clients\/[0-9a-f-]{36}/);
      await open(page, '/caseload');
      assert.equal(await main.getByRole('link', { name: /Lea Twice/ }).count(), 1, 'one couple');
      await page.getByRole('button', { name: 'Sign out' }).first().click();
      await signIn(page, PEOPLE.owner, demo.password);
      await open(page, '/staff');
      await main.getByLabel('Name', { exact: true }).fill('Noor Twice');
      await main.getByLabel('Email address').fill('noor.twice@example.org');
      await main.getByRole('group', { name: 'Roles' }).getByLabel('Therapist').check();
      await twice(main.getByRole('button', { name: 'Send invitation' }));
      await waitForAddress(page, /notice=invited/);
      assert.equal(await main.getByText('noor.twice@example.org').count(), 1, 'one account');
      // Going back shows the same form; sending it again makes no second account.
      await page.goBack();
      await main.getByRole('button', { name: 'Send invitation' }).click();
      await page.waitForURL(/\/staff/);
      await open(page, '/staff');
      assert.equal(await main.getByText('noor.twice@example.org').count(), 1, 'still one');
      await close();
    });

    test('a form sent again with other words is refused with a reason and kept', async () => {
      const { page, close } = await visitor(browser, demo.address, { script });
      const main = page.getByRole('main');
      await signIn(page, PEOPLE.partner, demo.password);
      await open(page, '/portal/messages');
      const key = await page.locator('form[action="/portal/messages"] input[name=key]').inputValue();
      await main.getByRole('textbox').fill('The first words.');
      await main.getByRole('button', { name: 'Send' }).click();
      await notice(page, /Message sent/);
      await page.locator('form[action="/portal/messages"] input[name=key]').evaluate((e, key) => { e.value = key; }, key);
      await main.getByRole('textbox').fill('The second words.');
      await main.getByRole('button', { name: 'Send' }).click();
      await main.getByText(/This form was already sent on/).waitFor();
      assert.equal(await main.getByRole('textbox').inputValue(), 'The second words.');
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/sent-before-${script}.png` });
      if (script) await accessible(page, 'a form that was sent before');
      await main.getByRole('button', { name: 'Send' }).click();
      await notice(page, /Message sent/);
      assert.equal(await main.getByText('The second words.').count(), 1);
      await close();
    });

    test('the undo button restores a deleted exercise draft', async () => {
      const { page, close } = await visitor(browser, demo.address, { script });
      const main = page.getByRole('main');
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, '/library');
      await main.getByRole('button', { name: 'Write an exercise' }).click();
      await main.getByLabel('Title').first().fill('A walk in the rain');
      await main.getByRole('button', { name: /Save/ }).last().click();
      await main.getByText('More', { exact: true }).last().click();
      await main.getByRole('button', { name: 'Delete draft' }).click();
      await main.getByText('Draft deleted.').waitFor();
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/deleted-${script}.png` });
      if (script) await accessible(page, 'a notice with an undo');
      await main.getByRole('button', { name: 'Undo' }).click();
      await page.waitForURL(/\/authoring\//);
      assert.equal(await main.getByLabel('Title').first().inputValue(), 'A walk in the rain');
      await close();
    });

    test('a form typed before the login ended is restored after signing in', async () => {
      const { page, close } = await visitor(browser, demo.address, { script });
      const elsewhere = await visitor(browser, demo.address, { script });
      const main = page.getByRole('main');
      await signIn(page, PEOPLE.partner, demo.password);
      await open(page, '/portal/messages');
      await main.getByRole('textbox').fill('It was “a hard week” <for both>.\nWe talked on Sunday.');
      await signIn(elsewhere.page, PEOPLE.partner, demo.password);
      await open(elsewhere.page, '/account/security');
      await elsewhere.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
      await notice(elsewhere.page, /signed out/i);
      await elsewhere.close();

      await main.getByRole('button', { name: 'Send' }).click();
      await main.getByText(/What you typed is kept/).waitFor();
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/signed-out-${script}.png` });
      if (script) await accessible(page, 'the sign-in page that keeps a form');
      await main.getByLabel('Name to sign in with').fill(PEOPLE.partner);
      await main.getByLabel('Password').fill(demo.password);
      await main.getByRole('button', { name: 'Sign in', exact: true }).click();
      await main.getByText(/You are signed in again/).waitFor();
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/signed-in-${script}.png` });
      assert.equal(await main.getByRole('textbox').inputValue(), 'It was “a hard week” <for both>.\nWe talked on Sunday.');
      await main.getByRole('button', { name: 'Send' }).click();
      await notice(page, /Message sent/);
      assert.equal(await main.getByText('We talked on Sunday.').count(), 1);
      await close();
    });
  });
}
