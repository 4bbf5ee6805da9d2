import { isRetraction, rowSeq, rowTime } from "./lane-layout.ts";

/** Puts a row in its place among `count` sorted rows; `rows` has room for it. The new count. */
export function insertRow(rows: Float64Array, count: number, row: Float64Array, at: number, stride: number): number {
  const time = row[at + rowTime];
  const seq = row[at + rowSeq];
  let place = count * stride;
  while (place > 0) {
    const before = place - stride;
    const earlier = rows[before + rowTime] < time || (rows[before + rowTime] === time && rows[before + rowSeq] <= seq);
    if (earlier) break;
    place = before;
  }
  return putRow(rows, count, row, at, { place, stride });
}

/**
 * Puts a retraction behind its row among `count` sorted rows; `rows` has room for it. The new count, which is the old one
 * where the row was taken back before; undefined where the row is not there.
 */
export function retractRow(
  rows: Float64Array,
  count: number,
  row: Float64Array,
  at: number,
  stride: number,
): number | undefined {
  for (let place = 0; place < count * stride; place += stride) {
    if (rows[place + rowSeq] !== row[at + rowSeq]) continue;
    const after = place + stride;
    if (after < count * stride && isRetraction(rows, after)) return count;
    return putRow(rows, count, row, at, { place: after, stride });
  }
  return undefined;
}

function putRow(
  rows: Float64Array,
  count: number,
  row: Float64Array,
  at: number,
  { place, stride }: { readonly place: number; readonly stride: number },
): number {
  rows.copyWithin(place + stride, place, count * stride);
  for (let i = 0; i < stride; i++) rows[place + i] = row[at + i];
  return count + 1;
}

/** Where sorted rows may be cut behind `count` of them, or one more: never between a row and its retraction. */
export function cutBehind(rows: Float64Array, count: number, stride: number): number {
  const at = count * stride;
  return at < rows.length && isRetraction(rows, at) ? at + stride : at;
}
