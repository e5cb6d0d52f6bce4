// How fast mail goes: reminders planned anew after the owner changed when they
// are sent, and those that are due handed to a mail server on this machine, by
// one process and by two that share the database.

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';

const MAIL = resolve(import.meta.dirname, '../mail');
const PYTHON = join(MAIL, '.venv/bin/python');
const run = promisify(execFile);
/** So many reminders are due at once. */
export const DUE = 2000;

/** Asks or changes the practice's database; the last row of the last statement. */
async function sql(database, ...statements) {
  const program = 'import json, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=60)\nrow = None\nfor s in sys.argv[2:]:\n    row = db.execute(s).fetchone()\ndb.commit()\nprint(json.dumps(row))';
  return JSON.parse((await run(PYTHON, ['-c', program, database, ...statements])).stdout);
}

/** Makes reminders due that were for later; how many. */
export async function makeDue(database) {
  const ago = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z/, '+00:00');
  const ahead = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, '+00:00');
  await sql(database, `UPDATE message SET due_at = '${ago}' WHERE id IN (
    SELECT min(id) FROM message WHERE state = 'planned' AND kind = 'reminder' AND not_after > '${ahead}' GROUP BY session_id, person_id LIMIT ${DUE})`);
  return (await sql(database, `SELECT count(*) FROM message WHERE state = 'planned' AND due_at <= '${ago}'`))[0];
}

/** A mail server that takes everything and keeps nothing. */
export async function sink() {
  const child = spawn(PYTHON, [join(MAIL, 'sink.py')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  let count = 0;
  let first = 0;
  let last = 0;
  const port = await new Promise((done) => {
    lines.on('line', (line) => {
      if (/^\d+$/.test(line)) return done(Number(line));
      last = performance.now();
      if (count === 0) first = last;
      count += 1;
      return undefined;
    });
  });
  return { port, count: () => count, seconds: () => (last - first) / 1000, stop: () => child.kill('SIGTERM') };
}

/** Waits until what is due has come, or nothing more comes. */
export async function received(server, due) {
  let before = -1;
  while (server.count() < due && server.count() !== before) {
    before = server.count();
    await new Promise((done) => setTimeout(done, 15_000));
  }
  return { 'mails/s': Math.round(server.count() / server.seconds()), mails: server.count() };
}

/** Waits until every session ahead was planned anew; how many there are. */
export async function planned(database, since) {
  const ahead = (await sql(database, `SELECT count(*) FROM session WHERE starts_at > '${new Date().toISOString()}' AND state = 'booked'`))[0];
  while ((await sql(database, 'SELECT replan_after FROM practice'))[0] !== null) await new Promise((done) => setTimeout(done, 100));
  const seconds = (performance.now() - since) / 1000;
  return { 'sessions/s': Math.round(ahead / seconds), sessions: ahead };
}
