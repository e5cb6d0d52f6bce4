// Two-step sign-in, by a therapist at the width of a phone: set up, asked for, a lost
// phone. The owner and the front desk have JavaScript off.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, PHONE, accessible, fits, launch, notice, open, signIn, startDemo, steps, visitor } from './support.mjs';

/** The code that an authenticator app with this secret (base 32) shows (RFC 6238). */
function code(secret, at = Date.now()) {
  const digits = [...secret.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(digits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const start = hash[19] & 15;
  return String((hash.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('two-step sign-in', () => {
  let demo;
  let browser;
  before(async () => { demo = await startDemo(); browser = await launch(); });
  after(async () => { await browser?.close(); await demo?.stop(); });

  test('an app is set up, asked for, and lost', async (t) => {
    const step = steps(t);
    const { page } = await visitor(browser, demo.address, { viewport: PHONE });
    const owner = await visitor(browser, demo.address, { script: false });
    let secret;
    let codes;
    let used;
    const first = async () => {
      await open(page, '/sign-in');
      await page.getByLabel('Name to sign in with').fill(PEOPLE.therapist);
      await page.getByLabel('Password').fill(demo.password);
      await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    const signOut = async () => {
      await page.context().clearCookies();
    };

    await step('the square, the secret and the first code', async () => {
      await signIn(page, PEOPLE.therapist, demo.password);
      await open(page, '/account/security');
      await fits(page, 'security');
      await page.getByRole('link', { name: 'Set up or change two-step sign-in' }).click();
      await page.getByRole('img', { name: /QR code/ }).waitFor();
      await page.getByText('Type the key by hand instead').click();
      secret = await page.locator('.secret code').textContent();
      await fits(page, 'two-step set-up');
      await accessible(page, 'two-step set-up');
      await page.getByLabel(/Enter the code/).fill('123');
      await page.getByRole('button', { name: 'Switch on two-step sign-in' }).click();
      await page.getByText('Enter the six digits that your app shows.').first().waitFor();
      used = code(secret);
      await page.getByLabel(/Enter the code/).fill(used);
      await page.getByRole('button', { name: 'Switch on two-step sign-in' }).click();
      await page.getByRole('heading', { level: 1, name: 'Your recovery codes' }).waitFor();
      codes = await page.locator('.recovery-codes code').allTextContents();
      assert.equal(new Set(codes).size, 10);
      await fits(page, 'recovery codes');
      await accessible(page, 'recovery codes');
    });

    await step('a recovery code signs in once', async () => {
      await signOut();
      await first();
      await page.getByRole('heading', { level: 1, name: 'Two-step sign-in' }).waitFor();
      await fits(page, 'the question for a code');
      await accessible(page, 'the question for a code');
      await page.getByLabel(/Code from your authenticator app/).fill(used);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText(/wrong or was used before/).first().waitFor();
      await page.getByText('Use a recovery code').click();
      await page.getByLabel(/^Recovery code/).fill(codes[4].toLowerCase());
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
      await open(page, '/account/two-step');
      await page.getByText('Unused recovery codes').waitFor();
      assert.match(await page.locator('main').textContent(), /Unused recovery codes\s*9/);
      await fits(page, 'two-step that is set up');
      await accessible(page, 'two-step that is set up');
    });

    await step('a lost phone is confirmed by an owner', async () => {
      await signOut();
      await first();
      await page.getByText('I have lost my phone and my codes').click();
      await page.getByRole('button', { name: 'Ask for a reset' }).click();
      await page.getByRole('heading', { level: 1, name: 'Ask a practice owner' }).waitFor();
      await fits(page, 'a lost phone');
      await signIn(owner.page, PEOPLE.owner, demo.password);
      await open(owner.page, '/staff');
      await owner.page.locator('.notice a[href^="/staff/"]').first().click();
      await owner.page.getByRole('button', { name: 'Confirm the reset' }).click();
      await notice(owner.page, /removed in 24 hours/);
      await owner.page.getByRole('button', { name: 'Stop the reset' }).click();
      await notice(owner.page, /No reset/);
    });

    await step('the owner requires it of the front desk', async () => {
      await open(owner.page, '/staff');
      await owner.page.getByLabel('Front desk', { exact: true }).last().check();
      await owner.page.getByRole('button', { name: 'Save two-step sign-in' }).click();
      await notice(owner.page, /Rules saved/);
      const desk = await visitor(browser, demo.address, { script: false, viewport: PHONE });
      await open(desk.page, '/sign-in');
      await desk.page.getByLabel('Name to sign in with').fill(PEOPLE.desk);
      await desk.page.getByLabel('Password').fill(demo.password);
      await desk.page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
      await desk.page.getByText('Your practice requires it. Set it up to go on.').waitFor();
      await open(desk.page, '/desk').catch(() => {});
      assert.equal(new URL(desk.page.url()).pathname, '/account/two-step');
    });
  });
});
