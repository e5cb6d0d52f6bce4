// Helpers that measure email: planning all reminders again after the owner has
// changed when they are sent, and handing due reminders to a mail server on this
// machine, by one process and by two that share the database.

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const MAIL = resolve(import.meta.dirname, '../mail');
const PYTHON = join(MAIL, '.venv/bin/python');
/** How many reminders are made due at once, at most. */
export const DUE = 2000;

/** Makes reminders due now that were planned for later; returns how many. */
export async function makeDue(kept, practice) {
  const ago = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z/, '+00:00');
  const ahead = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, '+00:00');
  await kept.sql(practice, `UPDATE email SET due_at = '${ago}' WHERE id IN (
    SELECT ${kept.least('id')} FROM email
    WHERE state = 'planned' AND kind = 'reminder' AND not_after > '${ahead}'
    GROUP BY session_id, person_id LIMIT ${DUE})`);
  return (await kept.sql(practice, `SELECT count(*) FROM email WHERE state = 'planned' AND due_at <= '${ago}'`))[0];
}

/** Moves every session into the future and marks it as booked. */
export async function allAhead(kept, practice) {
  const later = ['starts', 'starts_at', 'ends_at'].map((column) => `${column} = ${kept.later(column)}`).join(', ');
  await kept.sql(practice, `UPDATE session SET state = 'booked', ${later}`);
}

/** Starts a mail server that accepts every email and keeps none. */
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

/** Waits until all due emails have arrived, or no more have for 15 seconds. */
export async function waitForMails(server, due) {
  let before = -1;
  while (server.count() < due && server.count() !== before) {
    before = server.count();
    await new Promise((done) => setTimeout(done, 15_000));
  }
  return { 'mails/s': Math.round(server.count() / server.seconds()), mails: server.count() };
}

/** Waits until the reminders of every future session have been planned again. */
export async function waitForReplan(kept, practice, since) {
  const ahead = (await kept.sql(practice, `SELECT count(*) FROM session WHERE starts_at > '${new Date().toISOString()}' AND state = 'booked'`))[0];
  while ((await kept.sql(practice, 'SELECT replan_after FROM practice'))[0] !== null) await new Promise((done) => setTimeout(done, 100));
  const seconds = (performance.now() - since) / 1000;
  return { 'sessions/s': Math.round(ahead / seconds), sessions: ahead };
}
