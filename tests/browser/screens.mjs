// Takes the pictures of the README: docs/screens/*.png.

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
const demo = await startDemo();
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
