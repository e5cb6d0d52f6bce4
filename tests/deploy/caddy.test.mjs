// Caddy with a certificate of its own in front of the server: a browser signs in over
// https, with the cookies and headers that a practice has.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { chromium } = createRequire(join(ROOT, 'tests/browser/package.json'))('playwright-core');
const HOST = 'portal.localhost';
const [PORT, OUTSIDE] = [3418, 3443];
const folder = mkdtempSync(join(tmpdir(), 'caddy-'));
const started = [];
let browser;

function start(program, words, env = {}) {
  const child = spawn(program, words, { cwd: folder, env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (text) => (child.said += text));
  started.push(child);
  return child;
}

async function until(what, done) {
  for (let n = 0; n < 600; n++) {
    if (await done()) return;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error(`${what}: not within a minute\n${started.map((child) => child.said).join('\n')}`);
}

before(async () => {
  const server = start(join(ROOT, 'target/debug/duologue'), ['demo', '--folder', 'demo'], {
    DUOLOGUE_LISTEN: `127.0.0.1:${PORT}`,
    DUOLOGUE_BASE_URL: `https://${HOST}:${OUTSIDE}`,
    DUOLOGUE_TRUSTED_PROXIES: '127.0.0.1',
    DUOLOGUE_LOG__FILTER: 'info',
  });
  await until('the server', () => server.said.includes('listening on'));
  writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n${HOST}:${OUTSIDE} {\n\ttls internal\n\treverse_proxy 127.0.0.1:${PORT}\n}\n`);
  const caddy = start('caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile']);
  await until('Caddy', () => caddy.said.includes('serving initial configuration'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  });
});

after(async () => {
  await browser?.close();
  for (const child of started) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('a person signs in over https', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const answer = await page.goto(`https://${HOST}:${OUTSIDE}/sign-in`);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()['strict-transport-security'] ?? '', /max-age=\d{7,}/);
  await page.fill('input[name=login_name]', 'marlene');
  await page.fill('input[name=password]', 'an evening by the lake');
  await page.click('form[action="/sign-in"] button[type=submit]');
  await page.waitForURL(`https://${HOST}:${OUTSIDE}/**`);
  assert.ok(!page.url().includes('sign-in'), page.url());
  const cookies = await context.cookies();
  const login = cookies.find((cookie) => cookie.name === '__Host-duologue');
  assert.ok(login?.secure && login.httpOnly && login.sameSite === 'Lax' && login.path === '/', JSON.stringify(cookies));
  await page.goto(`https://${HOST}:${OUTSIDE}/account/security`);
  assert.ok((await page.textContent('main')).length > 50);
  await context.close();
});

test('another name is not answered', async () => {
  const response = await fetch(`http://127.0.0.1:${PORT}/sign-in`);
  assert.equal(response.status, 421);
});

test('a wrong password is answered at the form', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`https://${HOST}:${OUTSIDE}/sign-in`);
  await page.fill('input[name=login_name]', 'nobody');
  await page.fill('input[name=password]', 'wrong wrong wrong');
  await page.click('form[action="/sign-in"] button[type=submit]');
  assert.match(await page.textContent('main'), /don’t match|not right|wrong|check/i);
  await context.close();
});
