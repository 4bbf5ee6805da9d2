import { kinds, parseKey } from "../drivers/lmdb/online-keys.ts";
import { openOnline } from "../drivers/lmdb/open-online.ts";

// Arguments: the store's folder, and the lanes whose keys are counted. Their number goes to standard output.
const [dir = "", ...laneIds] = process.argv.slice(2);
const wanted = new Set(laneIds);
const database = openOnline(dir);
let count = 0;
for (const key of database.getKeys()) {
  const parsed = parseKey(key);
  if (parsed?.kind === kinds.head && wanted.has(parsed.laneId)) count++;
}
await database.close();
process.stdout.write(String(count));
