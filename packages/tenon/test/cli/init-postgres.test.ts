import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLogger } from "../../src/base/log.ts";
import { startTenon } from "../../src/run.ts";
import { noPostgres, type Postgres, startPostgres } from "../engines/postgres.ts";
import { typeCheck } from "../types/compiler.ts";
import { folder, tenon } from "./command-line.ts";

const skip = noPostgres;
const urlName = "TENON_TEST_PROPOSED_URL";
const patienceMs = 20_000;

const tables = `
create type tier as enum ('free', 'pro');
create table users (id bigserial primary key, email text not null, name text, password_hash text, plan tier, created_at timestamptz default now());
create table products (sku uuid primary key default gen_random_uuid(), title text);
create table orders (id bigserial primary key, user_id bigint not null references users, product_sku uuid references products,
  total numeric(10, 2) not null, weight double precision, items int, status text, paid bool, meta jsonb, created_at timestamptz not null default now(), updated_at timestamptz);
create table messages (sender_id bigint not null references users, sequence int, recipient_id bigint references users, body text, sent_at timestamp not null default now(), primary key (sender_id, sequence));
create table order_lines (id serial primary key, order_id bigint references orders, cents int);
create table sessions (id uuid primary key default gen_random_uuid(), user_id bigint, started_at timestamptz not null default now(), api_token text);
create table audit (who bigint references users, at timestamptz);
create table "Weird \`Table\${1}\n" ("The ""Key""" int primary key, "user" bigint not null references users, "constructor" int, "1st
 amount" numeric(8, 3), "at" timestamptz not null default now(), "select" text, "current_date" text, "__proto__" int);
create schema app; create table app.users (id int primary key);
insert into users (email) select 'u' || i || '@example.com' from generate_series(1, 20) i;
insert into orders (user_id, total, created_at) select 1 + i % 20, i + 0.25, now() - i * interval '1 hour' from generate_series(1, 300) i;
insert into messages select 1, i, 2, 'hello', now() from generate_series(1, 3) i;
insert into sessions (user_id) select 1 + i % 20 from generate_series(1, 5) i;
insert into "Weird \`Table\${1}\n" values (1, 1, 2, 3.125, now(), 's', 'd', 4);
analyze;
`;

let postgres: Postgres;
before(async () => {
  if (skip !== false) return;
  postgres = await startPostgres();
  await postgres.query(tables);
  process.env[urlName] = postgres.url;
});
after(async () => {
  delete process.env[urlName];
  await postgres?.[Symbol.asyncDispose]();
});

test("init --from postgres proposes an app that type-checks, starts, takes the rows and answers", {
  skip,
  timeout: 120_000,
}, async () => {
  await using at = await folder();
  const { code, stderr, values } = await tenon(at.dir, "init", "--from", "postgres", "--url", urlName, "--json");
  assert.equal(code, 0, stderr);
  const configFile = join(at.dir, "tenon.config.ts");
  const config = await readFile(configFile, "utf8");
  assert.deepEqual(typeCheck(new Map([["proposed", config]])).sentences.get("proposed"), [], config);
  const manifest: { dependencies: object } = JSON.parse(await readFile(join(at.dir, "package.json"), "utf8"));
  assert.ok("pg" in manifest.dependencies && "tenon" in manifest.dependencies);
  assert.deepEqual(values[0].next, ["npm install", "npx tenon dev"]);
  assert.doesNotMatch(config, /postgres:\/\//);
  assert.match(config, /total: c\.decimal\(2\)/);
  assert.doesNotMatch(config, /^ +(password_hash|api_token|meta):/m);
  assert.match(config, /rows seem to change \("updated_at"\)/);
  assert.match(config, /"created_at" does not tell when a row changes/);
  assert.match(
    config,
    /const userInfo = table\(\n {2}"user_info",\n {2}\{\n {4}user: c\.ref\(user\),\n {4}plan: c\.text\(\)\.nullable\(\),\n {2}\}/,
  );
  assert.match(config, /every\("7d", \{ while: userInfo \}\)/);
  assert.match(config, /"recipient_id" refers to user too/);
  assert.match(config, /- public\.audit: it has no primary key/);
  assert.match(config, /- public\.order_lines: it has no column that tells when/);

  const { tenon: app, close } = await startTenon({ configFile, dataDir: join(at.dir, "data"), logger: silentLogger });
  try {
    const { events, featureSets, predictions } = app.build.app.plan;
    const names = ["Weird_Table_1", "message", "order", "session", "user_info"];
    assert.deepEqual(events.map(({ name }) => name).toSorted(), names);
    assert.deepEqual(featureSets.map(({ name }) => name).toSorted(), [
      "product_activity",
      "user_activity",
      "user_info",
    ]);
    assert.deepEqual(
      predictions.map(({ name }) => name),
      ["user_churn"],
    );
    const counts = (): readonly number[] =>
      ["order", "message", "session", "Weird_Table_1", "user_info"].map(
        (name) => app.sources.tally(name).counts("all").accepted,
      );
    const wanted = [300, 3, 5, 1, 20];
    for (const deadlineMs = performance.now() + patienceMs; counts().join() !== wanted.join(); await wait(50)) {
      const told = events.map(({ name }) => [
        name,
        app.sources.pull(name)?.error?.message,
        app.sources.tally(name).rejects("all"),
      ]);
      assert.ok(performance.now() < deadlineMs, JSON.stringify([counts(), told]));
    }
    const tenant = await app.metadata.tenant("default");
    await app.applier.waitFor(app.log.lastSeq, patienceMs);
    const { answer } = await app.predict(tenant, "user_churn", { user: 1 });
    assert.deepEqual([answer.score, answer.churn], [0.5, 0.5]);
  } finally {
    await close();
  }
});

test("an address is not written: the configuration names DATABASE_URL, and what is next says so", {
  skip,
}, async () => {
  await using at = await folder();
  const { code, stdout } = await tenon(at.dir, "init", "shop", "--from", "postgres", "--url", postgres.url);
  assert.equal(code, 0);
  const config = await readFile(join(at.dir, "shop", "tenon.config.ts"), "utf8");
  assert.match(config, /secret\("DATABASE_URL"\)/);
  assert.doesNotMatch(config + stdout, /127\.0\.0\.1/);
  assert.match(stdout, /Next:\n {2}cd shop\n {2}npm install\n {2}export DATABASE_URL=/);
});

test("what init cannot do from a database it says, and writes nothing", { skip }, async () => {
  await using at = await folder();
  const init = async (...args: string[]) => {
    const { code, stderr } = await tenon(at.dir, "init", ...args);
    return [code, stderr] as const;
  };
  const [unset, message] = await init("--from", "postgres", "--url", "TENON_TEST_NOWHERE");
  assert.deepEqual([unset, /TENON_TEST_NOWHERE is not set/.test(message)], [2, true]);
  assert.equal((await init("--from", "mysql", "--url", urlName))[0], 2);
  assert.equal((await init("--from", "postgres"))[0], 2);
  assert.match((await init("--from", "postgres", "--url", "postgres://x@127.0.0.1:1/x"))[1], /source\.unreachable/);
  await postgres.query("create database bare");
  const bare = postgres.url.replace(/\/postgres$/, "/bare");
  assert.match((await init("--from", "postgres", "--url", bare))[1], /schema\.empty/);
  await writeFile(join(at.dir, "tenon.config.ts"), "// mine");
  assert.equal((await init("--from", "postgres", "--url", urlName))[0], 2);
});
