// Takes the README's screenshots (docs/screens/*.png), and pictures of every page of every
// role in light, dark, on a phone and in print, to be looked at: target/screens.

import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AHEAD, PEOPLE, PHONE, WIDE, launch, open, reachable, shape, signIn, startDemo, visitor } from './support.mjs';

const folder = resolve(import.meta.dirname, '../../docs/screens');
const all = resolve(import.meta.dirname, '../../target/screens');
const SCREENS = [
  ['today', PEOPLE.therapist, '/today', WIDE],
  ['week', PEOPLE.desk, '/calendar?view=week', WIDE],
  ['portal', PEOPLE.partner, '/portal', PHONE],
];

await mkdir(folder, { recursive: true });
// A picture shows a working day: the latest Tuesday, at half past nine in Berlin.
const day = new Date();
day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 5) % 7));
const morning = `${day.toISOString().slice(0, 10)} 09:30:00`;
const library = readdirSync('/usr/lib')
  .map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
const demo = await startDemo({ LD_PRELOAD: library, FAKETIME: `@${morning}`, TZ: 'Europe/Berlin' });
const browser = await launch();
try {
  for (const [name, who, path, viewport] of SCREENS) {
    const { page, close } = await visitor(browser, demo.address, { viewport });
    await signIn(page, who, demo.password);
    await open(page, path);
    await page.screenshot({ path: resolve(folder, `${name}.png`) });
    await close();
  }
  for (const [role, name] of Object.entries(PEOPLE)) await everyPage(role, name);
} finally {
  await browser.close();
  await demo.stop();
}

/** Takes the pictures of every page that this person reaches by links. */
async function everyPage(role, name) {
  const { page, close } = await visitor(browser, demo.address);
  await signIn(page, name, demo.password);
  const paths = await reachable(page, new URL(page.url()).pathname, AHEAD[role]);
  for (const [n, path] of paths.entries()) {
    const file = `${String(n).padStart(2, '0')}${shape(path).replace(/[^a-z-]+/g, '-')}`;
    const picture = async (how, { viewport = WIDE, ...media }) => {
      const to = resolve(all, how, role);
      await mkdir(to, { recursive: true });
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: 'light', media: 'screen', reducedMotion: 'reduce', ...media });
      await page.screenshot({ path: resolve(to, `${file}.png`), fullPage: true });
    };
    await page.goto(path);
    await picture('light', {});
    await picture('dark', { colorScheme: 'dark' });
    await picture('phone', { viewport: PHONE });
    await picture('print', { media: 'print' });
  }
  console.log(`${role}: ${paths.length} pages`);
  await close();
}
