import assert from "node:assert/strict";
import { test } from "node:test";
import { meanEstimate, normalBelow, shareEstimate, standardErrorsOf } from "./estimate.ts";

const near = (actual: number | undefined, expected: number, within = 1e-12): void =>
  assert.ok(Math.abs(actual! - expected) <= within, `${actual} is not ${expected}`);

test("the normal distribution is that of the tables", () => {
  near(normalBelow(0), 0.5);
  near(normalBelow(1), 0.8413447460685429);
  near(normalBelow(-2.5), 0.006209665325776132);
  assert.equal(normalBelow(40), 1);
  assert.equal(normalBelow(-40), 0);
});

test("confidence turns into standard errors", () => {
  near(standardErrorsOf(0.95), 1.959963984540054);
  near(standardErrorsOf(0.99), 2.5758293035489004);
  near(standardErrorsOf(0.5), 0.6744897501960817);
});

test("Wilson's interval is the published one", () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
  for (const [hits, count, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const share = shareEstimate(hits, count)!;
    near(share.low, low, 5e-5);
    near(share.high, high, 5e-5);
  }
  assert.equal(shareEstimate(0, 0), undefined);
});

test("a mean has the interval of its standard error", () => {
  // Of 1, 2, 3, 4: mean 2.5, variance 5/3, standard error sqrt(5/12).
  const mean = meanEstimate(Float64Array.of(1, 2, 3, 4))!;
  near(mean.value, 2.5);
  near(mean.high, 2.5 + 1.959963984540054 * Math.sqrt(5 / 12));
  assert.equal(meanEstimate(new Float64Array(0)), undefined);
  assert.equal(meanEstimate(Float64Array.of(1))!.high, Infinity);
});
