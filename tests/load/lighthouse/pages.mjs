// Lighthouse on eight pages of the demo, as a mobile phone: performance, accessibility and
// best practices. It prints a table and fails below 95, 100 and 100.

import { join, resolve } from 'node:path';
import lighthouse from 'lighthouse';
import { PEOPLE, launch, signIn, startDemo, visitor } from '../../browser/support.mjs';

const PORT = 9777;
const FLOORS = { performance: 95, accessibility: 100, 'best-practices': 100 };
/** The pages, each with who opens it. An address with `*` is that of the first link like it. */
const PAGES = [
  [null, '/sign-in'],
  [null, '/inquire'],
  [PEOPLE.partner, '/portal'],
  [PEOPLE.partner, '/portal/exercises/*'],
  [PEOPLE.partner, '/portal/sessions'],
  [PEOPLE.therapist, '/today'],
  [PEOPLE.desk, '/desk'],
  [PEOPLE.desk, '/calendar?view=week'],
];

process.env.PROGRAM ??= resolve(join(import.meta.dirname, '../../../target/release/duologue'));
const demo = await startDemo();
const browser = await launch([`--remote-debugging-port=${PORT}`]);
const low = [];
try {
  for (const [who, path] of PAGES) {
    let cookie = '';
    let address = demo.address + path;
    if (who) {
      const { page, context } = await visitor(browser, demo.address);
      await signIn(page, who, demo.password);
      cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      if (path.endsWith('*')) address = demo.address + await page.locator(`a[href^="${path.slice(0, -1)}"]`).first().getAttribute('href');
      await context.close();
    }
    const found = await lighthouse(address, {
      port: PORT,
      onlyCategories: Object.keys(FLOORS),
      disableStorageReset: true,
      extraHeaders: cookie ? { Cookie: cookie } : {},
      logLevel: 'error',
    });
    const { categories, audits } = found.lhr;
    const scores = Object.keys(FLOORS).map((name) => Math.round(categories[name].score * 100));
    Object.entries(FLOORS).forEach(([name, floor], n) => {
      if (scores[n] >= floor) return;
      const why = categories[name].auditRefs.filter(({ id, weight }) => weight && audits[id].score !== null && audits[id].score < 0.9).map(({ id }) => `${id} ${audits[id].displayValue ?? ''}`);
      low.push(`${path}: ${name} ${scores[n]} of ${floor}: ${why.join(', ')}`);
    });
    const value = (id) => audits[id].displayValue ?? '';
    console.log(`${path.padEnd(24)} ${scores.map((s) => String(s).padStart(4)).join('')}  LCP ${value('largest-contentful-paint')}  TBT ${value('total-blocking-time')}  CLS ${value('cumulative-layout-shift')}`);
  }
} finally {
  await browser.close();
  await demo.stop();
}
if (low.length) {
  console.error(low.join('\n'));
  process.exitCode = 1;
}
