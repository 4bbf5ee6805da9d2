// Writes the made-up history: `node history.mjs` makes logins.ndjson, tickets.ndjson, cancellations.ndjson and plans.ndjson
// of 300 days up to now. An account that is about to leave logs in ever less and complains more, for some weeks.
import { writeFileSync } from "node:fs";

const accounts = 500;
const days = 300;
const dayMs = 86_400_000;
const nowMs = Math.floor(Date.now() / dayMs) * dayMs;
const beginMs = nowMs - days * dayMs;

/** The same numbers each time: Mulberry32. */
let state = 7;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

const files = { logins: [], tickets: [], cancellations: [], plans: [] };
for (let i = 0; i < accounts; i++) {
  const account = `acct-${i}`;
  const tier = random() < 0.7 ? "team" : "business";
  const usual = 0.3 + 0.6 * random();
  // Three of five leave some day, a part of them after the history.
  const leavesOn = random() < 0.6 ? Math.floor(30 + random() * (days + 60)) : Number.POSITIVE_INFINITY;
  const fadesFor = 35 + Math.floor(random() * 28);
  files.plans.push({ account, tier, seats: 1 + Math.floor(random() * 40), validFrom: new Date(beginMs).toISOString() });
  for (let day = 0; day < Math.min(days, leavesOn); day++) {
    const left = Math.min(1, Math.max(0, (leavesOn - day) / fadesFor));
    const at = (hour) => new Date(beginMs + (day + hour / 24) * dayMs).toISOString();
    const id = `${account}-${day}`;
    if (random() < usual * left) files.logins.push({ id, account, at: at(8 + 10 * random()) });
    if (random() < 0.01 + 0.06 * (1 - left))
      files.tickets.push({ id, account, severity: random() < 0.3 + 0.6 * (1 - left) ? "high" : "low", at: at(12) });
  }
  if (leavesOn >= days) continue;
  const at = new Date(beginMs + leavesOn * dayMs).toISOString();
  files.cancellations.push({ id: account, account, at });
  files.plans.push({ account, deleted: true, validFrom: at });
}
for (const [name, rows] of Object.entries(files)) {
  writeFileSync(`${name}.ndjson`, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  console.log(`${name}.ndjson: ${rows.length} rows`);
}
