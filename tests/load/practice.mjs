// The made-up practices of the benchmark. They are made once and kept in
// target/bench: as SQLite files, and as databases of a PostgreSQL server whose
// data are kept there too. It runs during the benchmark, with its usual durability.

import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
export const PROGRAM = process.env.PROGRAM || join(ROOT, 'target/release/duologue');
const KEPT = join(ROOT, 'target/bench');
const POSTGRES = join(ROOT, 'tests/support/postgres.sh');
const PYTHON = join(ROOT, 'tests/mail/.venv/bin/python');
const run = promisify(execFile);
const exists = (path) => access(path).then(() => true, () => false);

/** This environment with these settings of the program and no others. */
export function settings(ours) {
  const plain = Object.entries(process.env).filter(([name]) => !name.startsWith('DUOLOGUE_'));
  return Object.fromEntries([...plain, ...Object.entries(ours).map(([name, value]) => [`DUOLOGUE_${name}`, value])]);
}

/** Makes a practice of a size in a database. */
async function generate(size, database, key) {
  console.log(`Making the ${size} practice; this takes a while, once.`);
  await mkdir(KEPT, { recursive: true });
  await rm(key, { force: true });
  await run(PROGRAM, ['generate', size], { cwd: KEPT, env: settings({ DATABASE: database, KEY_FILE: key }) });
}

/**
 * The practices on SQLite or PostgreSQL. `copy` makes a fresh copy in a folder and
 * returns its settings; `sql` runs statements on a copy and returns the last one's
 * row.
 */
export async function practices(on) {
  return on === 'postgres' ? inPostgres() : asFiles();
}

function asFiles() {
  return {
    name: 'SQLite',
    async copy(size, folder) {
      const [kept, key, making] = ['db', 'key', 'making'].map((end) => join(KEPT, `${size}.${end}`));
      if (!await exists(kept)) {
        for (const end of ['', '-wal', '-shm']) await rm(making + end, { force: true });
        await generate(size, making, key);
        await rename(making, kept);
      }
      const there = { DATABASE: join(folder, 'duologue.db'), KEY_FILE: join(folder, 'duologue.key') };
      await copyFile(kept, there.DATABASE);
      await copyFile(key, there.KEY_FILE);
      return there;
    },
    async sql({ DATABASE }, ...statements) {
      const program = 'import json, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=60)\nrow = None\nfor s in sys.argv[2:]:\n    row = db.execute(s).fetchone()\ndb.commit()\nprint(json.dumps(row))';
      return JSON.parse((await run(PYTHON, ['-c', program, DATABASE, ...statements])).stdout);
    },
    least: (id) => `min(${id})`,
    // Eight years later, a 29th of February exists again.
    later: (column) => `(CAST(substr(${column}, 1, 4) AS INTEGER) + 8) || substr(${column}, 5)`,
    async close() {},
  };
}

async function inPostgres() {
  const folder = join(KEPT, 'postgres');
  await mkdir(KEPT, { recursive: true });
  const server = (await run(POSTGRES, ['durable', folder])).stdout.trim();
  const at = (name) => server.replace(/[^/]*$/, name);
  const psql = async (address, ...statements) => {
    const { stdout } = await run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', ...statements.flatMap((s) => ['-c', s]), address]);
    return stdout.trim().split('\n').at(-1);
  };
  return {
    name: 'PostgreSQL',
    async copy(size, folder) {
      const key = join(KEPT, `${size}.postgres.key`);
      if (await psql(server, `SELECT count(*) FROM pg_database WHERE datname = '${size}'`) === '0') {
        await psql(server, 'DROP DATABASE IF EXISTS making', 'CREATE DATABASE making');
        await generate(size, at('making'), key);
        await psql(at('making'), 'VACUUM ANALYZE');
        await psql(server, `ALTER DATABASE making RENAME TO ${size}`);
      }
      await psql(server, 'DROP DATABASE IF EXISTS measured WITH (FORCE)', `CREATE DATABASE measured TEMPLATE ${size}`, 'CHECKPOINT');
      const there = { DATABASE: at('measured'), KEY_FILE: join(folder, 'duologue.key') };
      await copyFile(key, there.KEY_FILE);
      return there;
    },
    async sql({ DATABASE }, ...statements) {
      const row = await psql(DATABASE, ...statements);
      return row === '' ? [null] : [/^\d+$/.test(row) ? Number(row) : row];
    },
    // PostgreSQL has no min() for UUIDs, so their texts are compared.
    least: (id) => `CAST(min(CAST(${id} AS text)) AS uuid)`,
    later: (column) => `${column} + interval '8 years'`,
    close: () => run(POSTGRES, ['halt', folder]),
  };
}
