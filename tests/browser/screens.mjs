// Takes the README's screenshots: docs/screens/*.png.

import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PEOPLE, PHONE, WIDE, launch, open, signIn, startDemo, visitor } from './support.mjs';

const folder = resolve(import.meta.dirname, '../../docs/screens');
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
} finally {
  await browser.close();
  await demo.stop();
}
