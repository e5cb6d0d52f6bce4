// Twelve tasks of the staff, done with the mouse and by keyboard alone, with and without
// JavaScript: how many pages are loaded, how many presses and how many fields each takes.
// docs/tasks.md has the numbers, and this test holds them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PEOPLE, interactive, launch, signIn, startDemo, visitor } from './support.mjs';

/** The most presses that a task may take. */
const MOST = 6;

/** A person who does a task: counts what they press and type, and the pages that load. */
class Hand {
  constructor(page, { keyboard, script }) {
    Object.assign(this, { page, keyboard, script, pages: 0, presses: 0, fields: 0 });
    page.on('load', () => { this.pages += 1; });
  }

  /** Starts at a page with nothing counted. */
  async start(path) {
    await this.page.goto(path);
    if (this.script) await interactive(this.page);
    Object.assign(this, { pages: 0, presses: 0, fields: 0 });
  }

  /** Moves the focus to an element with the Tab key. */
  async reach(target) {
    await target.waitFor();
    for (let tries = 0; tries < 400; tries += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    assert.fail(`the Tab key does not reach ${target}`);
  }

  /** Presses a link, a button or a choice that loads no page. */
  async press(target) {
    this.presses += 1;
    if (!this.keyboard) return target.click();
    const kind = await target.evaluate((element) => element.type);
    if (kind === 'radio') return this.chooseRadio(target);
    await this.reach(target);
    return this.page.keyboard.press(kind === 'checkbox' ? 'Space' : 'Enter');
  }

  /** Chooses a radio button with the arrow keys. */
  async chooseRadio(target) {
    const group = this.page.locator(`input[type=radio][name="${await target.getAttribute('name')}"]`);
    const all = await group.all();
    const checked = await Promise.all(all.map((radio) => radio.isChecked()));
    await this.reach(all[Math.max(checked.indexOf(true), 0)]);
    await this.page.keyboard.press('Space');
    for (let tries = 0; tries < all.length && !(await target.isChecked()); tries += 1) await this.page.keyboard.press('ArrowDown');
    assert.ok(await target.isChecked());
  }

  /** Presses a link or a button and waits for the page that it loads. */
  async go(target) {
    await Promise.all([this.page.waitForEvent('load'), this.press(target)]);
    if (this.script) await this.settled();
  }

  /** Waits for the islands of a page, if it has any. */
  async settled() {
    if (await this.page.locator('leptos-island').count()) await interactive(this.page);
  }

  /** Types into a field. */
  async type(field, text) {
    this.fields += 1;
    if (!this.keyboard) return field.fill(text);
    await this.reach(field);
    return this.page.keyboard.type(text);
  }

  /** Finds a client with the search field on top of the page and does something with them. */
  async find(name, act) {
    const field = this.page.getByRole('banner').or(this.page.getByRole('search')).locator('input[name=q]').first();
    if (this.keyboard && this.script) await this.page.keyboard.press('/');
    await this.type(field, name);
    if (this.script) {
      const option = this.page.getByRole('option', { name: act }).first();
      await option.waitFor();
      this.presses += 1;
      const leaves = this.page.waitForEvent('load');
      if (this.keyboard) {
        for (let tries = 0; (await option.getAttribute('aria-selected')) !== 'true'; tries += 1) {
          assert.ok(tries < 30, `the arrows do not reach ${act}`);
          await this.page.keyboard.press('ArrowDown');
        }
        await this.page.keyboard.press('Enter');
      } else {
        await option.click();
      }
      await leaves;
      return this.settled();
    }
    this.presses += 1;
    await Promise.all([this.page.waitForEvent('load'), field.press('Enter')]);
    return this.go(this.page.getByRole('main').getByRole('link', { name: act }).first());
  }

  menu(name) { return this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }); }

  link(name) { return this.page.getByRole('main').getByRole('link', { name }).first(); }

  button(name) { return this.page.getByRole('main').getByRole('button', { name }).first(); }

  field(name) { return this.page.locator(`main [name="${name}"]`).first(); }

  says(text) { return this.page.getByText(text).first().waitFor(); }
}

/** The tasks in the order of docs/tasks.md. They are independent of each other. */
const TASKS = [
  ['Find a time for both and book it', PEOPLE.desk, '/desk', async (hand) => {
    await hand.find('luc', /^Find a time/);
    await hand.go(hand.link(/^Next week/));
    await hand.go(hand.link(/^Evening/));
    await hand.go(hand.page.locator('main a[href*="/sessions/new?client="]:visible').filter({ hasText: /^\s*\d\d:\d\d/ }).first());
    await hand.go(hand.button(/^Book/));
    await hand.says(/booked/i);
  }],
  ['Take on a couple with a first session', PEOPLE.desk, '/desk', async (hand) => {
    await hand.go(hand.menu('Clients'));
    await hand.go(hand.link('New client'));
    await hand.type(hand.field('a.name'), 'Ines Costa');
    await hand.type(hand.field('a.phone'), '030 23125 301');
    await hand.type(hand.field('b.name'), 'Rui Costa');
    await hand.type(hand.field('b.phone'), '030 23125 302');
    await hand.press(hand.page.locator('main input[name=first]').nth(3));
    await hand.go(hand.button('Add client'));
    await hand.says(/first session is booked/);
  }],
  ['Move a session', PEOPLE.desk, '/desk', async (hand) => {
    await hand.find('luc', /^Reschedule/);
    await hand.go(hand.page.locator('main button[name=pick]:visible').nth(2));
    await hand.go(hand.button('Move session'));
    await hand.says(/moved/i);
  }],
  ['Cancel a session', PEOPLE.desk, '/desk', async (hand) => {
    await hand.find('farah', /^Cancel/);
    await hand.go(hand.button('Cancel session'));
    await hand.says(/cancelled/i);
  }],
  ['Check in one of two', PEOPLE.desk, '/desk', async (hand) => {
    await hand.go(hand.button(/^Amara: check in/));
    await hand.says(/Amara arrived, Jonas not yet/);
  }],
  ['Find an email that did not arrive', PEOPLE.desk, '/desk', async (hand) => {
    await hand.go(hand.menu('Email log'));
    await hand.says(/does not exist/);
  }],
  ['Charge a no-show', PEOPLE.desk, '/desk', async (hand) => {
    await hand.go(hand.menu('Fees'));
    await hand.go(hand.button(/^Charge/));
    await hand.says(/charged/i);
  }],
  ['Open a record', PEOPLE.therapist, '/today', async (hand) => {
    await hand.find('amara', /Open record/);
    await hand.says(/Session brief/);
  }],
  ['Prepare a session', PEOPLE.therapist, '/today', async (hand) => {
    await hand.go(hand.link(/^Brief.*Amara/));
    await hand.says(/Agreed last time/);
  }],
  ['Assign an exercise', PEOPLE.therapist, '/today', async (hand) => {
    await hand.find('rosalind', /^Assign exercise/);
    await hand.go(hand.link(/Choose A brave sentence/));
    await hand.go(hand.button(/^Assign/));
    await hand.says(/assigned/i);
  }],
  ['Read what came back', PEOPLE.therapist, '/today', async (hand) => {
    await hand.go(hand.link(/answered “/));
    await hand.page.getByRole('heading', { level: 1 }).waitFor();
  }],
  ['Finish a note', PEOPLE.therapist, '/today', async (hand, demo) => {
    await hand.go(hand.link(/^Sign note: Lucía/));
    await hand.press(hand.page.locator('main input[type=checkbox]').last());
    await hand.type(hand.page.getByLabel('Your password'), demo.password);
    await hand.go(hand.button(/^Sign note/));
    await hand.says(/signed/i);
  }],
];

/** The numbers of docs/tasks.md: by task, what it takes with and without JavaScript. */
async function documented() {
  const text = await readFile(resolve(import.meta.dirname, '../../docs/tasks.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Task') && !line.startsWith('| ---'));
  return new Map(rows.map((row) => {
    const [task, , script, plain] = row.split('|').slice(1).map((cell) => cell.trim());
    return [task, { script, plain }];
  }));
}

const counted = ({ pages, presses, fields }) => `${pages} / ${presses} / ${fields}`;

for (const { keyboard, script } of [
  { keyboard: false, script: true },
  { keyboard: true, script: true },
  { keyboard: false, script: false },
  { keyboard: true, script: false },
]) {
  describe(`tasks ${keyboard ? 'by keyboard' : 'with the mouse'}, ${script ? 'with' : 'without'} JavaScript`, () => {
    let browser;
    let demo;
    before(async () => { [browser, demo] = await Promise.all([launch(), startDemo()]); });
    after(async () => { await browser?.close(); await demo?.stop(); });

    test('each takes as many pages, presses and fields as docs/tasks.md says', async (t) => {
      const numbers = await documented();
      assert.deepEqual([...numbers.keys()], TASKS.map(([name]) => name));
      for (const role of [PEOPLE.desk, PEOPLE.therapist]) {
        const { page, close } = await visitor(browser, demo.address, { script });
        await signIn(page, role, demo.password);
        const hand = new Hand(page, { keyboard, script });
        for (const [name, who, path, task] of TASKS.filter(([, who]) => who === role)) {
          await t.test(`${name} (${who})`, async () => {
            await hand.start(path);
            await task(hand, demo);
            if (process.env.TASKS_PRINT) console.log(name, counted(hand));
            assert.ok(hand.presses <= MOST, `${hand.presses} presses`);
            assert.equal(counted(hand), numbers.get(name)[script ? 'script' : 'plain']);
          });
        }
        await close();
      }
    });
  });
}
