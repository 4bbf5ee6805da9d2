CREATE TABLE "tenon_reads" (
  "n" bigint NOT NULL,
  "tenant" text NOT NULL,
  "key" text NOT NULL,
  "at" bigint NOT NULL,
  "as_of" text,
  "position" bigint
);

WITH
reads AS (
  SELECT
    "n" AS _n,
    "tenant" AS _tenant,
    "key" AS _key,
    "at" AS _t,
    coalesce("position", 9223372036854775807) AS _position_max,
    CASE WHEN "as_of" = 'corrected' THEN 9223372036854775807 ELSE "at" END AS _received_max
  FROM "tenon_reads"
),
rows_1 AS (
  SELECT
    r._n,
    r._t,
    x."_at" AS _at,
    x."_position" AS _position,
    x."cents",
    x."price",
    x."ratio",
    x."country",
    x."due",
    x."gift"
  FROM reads r
  JOIN "tenon_event_payment" x ON x."_tenant" = r._tenant AND x."account" = r._key
  WHERE x."_at" < r._t
    AND x."_position" <= r._position_max AND x."_received_at" <= r._received_max
    AND (x."_retracted_position" IS NULL OR x."_retracted_position" > r._position_max OR x."_retracted_at" > r._received_max)
),
c15_1_counted AS (
  SELECT
    _n,
    "country" AS _value,
    count(*) AS _count
  FROM rows_1
  WHERE _at >= _t - 86400000 AND "country" IS NOT NULL
  GROUP BY _n, "country"
),
c15_1_placed AS (
  SELECT
    _n,
    _value,
    _count,
    row_number() OVER (PARTITION BY _n ORDER BY _count DESC, _value COLLATE "C") AS _place
  FROM c15_1_counted
),
c15_1 AS (
  SELECT
    _n,
    jsonb_agg(jsonb_build_object('value', _value, 'count', _count) ORDER BY _place) AS _value
  FROM c15_1_placed
  WHERE _place <= 2
  GROUP BY _n
),
c20_1_grouped AS (
  SELECT
    _n,
    "country" AS _group,
    coalesce(sum("cents"), 0) AS _value
  FROM rows_1
  WHERE _at >= _t - 86400000 AND "cents" IS NOT NULL AND "country" IS NOT NULL
  GROUP BY _n, _t, "country"
),
c20_1 AS (
  SELECT
    r._n,
    CASE WHEN count(g._group) <= 256 THEN coalesce(jsonb_object_agg(CAST(g._group AS text), g._value) FILTER (WHERE g._group IS NOT NULL), '{}') END AS _value
  FROM reads r
  LEFT JOIN c20_1_grouped g ON g._n = r._n
  GROUP BY r._n
),
values_1 AS (
  SELECT
    _n,
    count(*) FILTER (WHERE _at >= _t - 86400000) AS c1_1,
    count(*) AS c2_1,
    count(*) FILTER (WHERE _at >= _t - 604800000 - ((_t - 604800000) % 300000 + 300000) % 300000 AND ("country" IN ('DE') OR "country" IS NULL) AND ("gift" IS NULL OR "gift" NOT IN (TRUE))) AS c3_1,
    sum("cents") FILTER (WHERE _at >= _t - 2592000000 AND "price" >= 0.50 AND "ratio" < CAST('1e-7' AS double precision)) AS c4_1,
    sum("price") FILTER (WHERE _at >= _t - 86400000) AS c5_1,
    CAST(sum("price") FILTER (WHERE _at >= _t - 86400000) AS double precision) / count("price") FILTER (WHERE _at >= _t - 86400000) AS c6_1,
    min("ratio") FILTER (WHERE _at >= _t - 86400000) + 0 AS c7_1,
    max("cents") FILTER (WHERE _at >= _t - 86400000) AS c8_1,
    CAST(var_samp("ratio") FILTER (WHERE _at >= _t - 86400000) AS double precision) AS c9_1,
    CAST(stddev_samp("cents") FILTER (WHERE _at >= _t - 86400000) AS double precision) AS c10_1,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY "cents") FILTER (WHERE _at >= _t - 86400000) AS c11_1,
    (array_agg("country" ORDER BY _at, _position) FILTER (WHERE _at >= _t - 86400000 AND "country" IS NOT NULL))[1] AS c12_1,
    (array_agg("due" ORDER BY _at DESC, _position DESC) FILTER (WHERE _at >= _t - 86400000 AND "due" IS NOT NULL))[1] AS c13_1,
    to_jsonb((array_agg("gift" ORDER BY _at DESC, _position DESC) FILTER (WHERE _at >= _t - 86400000 AND "gift" IS NOT NULL))[1:3]) AS c14_1,
    _t - max(_at) FILTER (WHERE _at >= _t - 86400000 AND "country" IS NOT NULL AND "country" NOT IN (E'a\\b', 'it''s')) AS c16_1,
    count(DISTINCT "country") FILTER (WHERE _at >= _t - 86400000) AS c17_1,
    sum(power(CAST(2 AS double precision), CAST(_at - _t AS double precision) / 3600000)) FILTER (WHERE _at >= _t - 86400000 AND _at >= _t - 1800000000) AS c18_1,
    sum(CAST("ratio" AS double precision) * power(CAST(2 AS double precision), CAST(_at - _t AS double precision) / 3600000)) FILTER (WHERE _at >= _t - 86400000 AND _at >= _t - 1800000000 AND abs("ratio") >= 1e-150) AS c19_1
  FROM rows_1
  GROUP BY _n, _t
),
rows_2 AS (
  SELECT
    r._n,
    r._t,
    x."_at" AS _at,
    x."_position" AS _position
  FROM reads r
  JOIN "tenon_event_refund" x ON x."_tenant" = r._tenant AND x."account" = r._key
  WHERE x."_at" < r._t AND x."_at" >= r._t - 2592000000
    AND x."_position" <= r._position_max AND x."_received_at" <= r._received_max
    AND (x."_retracted_position" IS NULL OR x."_retracted_position" > r._position_max OR x."_retracted_at" > r._received_max)
),
values_2 AS (
  SELECT
    _n,
    count(*) FILTER (WHERE _at >= _t - 2592000000) AS c1_2
  FROM rows_2
  GROUP BY _n, _t
)
SELECT
  reads._n AS n,
  coalesce(values_1.c1_1, 0) AS "payments_1d",
  coalesce(values_1.c2_1, 0) AS "payments_lifetime",
  coalesce(values_1.c3_1, 0) AS "hopped_7d",
  coalesce(values_1.c4_1, 0) AS "paid_30d",
  coalesce(values_1.c5_1, 0) AS "prices_1d",
  values_1.c6_1 AS "mean_1d",
  values_1.c7_1 AS "least_1d",
  values_1.c8_1 AS "most_1d",
  values_1.c9_1 AS "spread_1d",
  values_1.c10_1 AS "deviation_1d",
  values_1.c11_1 AS "median_1d",
  values_1.c12_1 AS "first_1d",
  values_1.c13_1 AS "last_1d",
  values_1.c14_1 AS "three_1d",
  c15_1._value AS "top_1d",
  values_1.c16_1 AS "since_1d",
  coalesce(values_1.c17_1, 0) AS "countries_1d",
  coalesce(values_1.c18_1, 0) AS "recent_1d",
  coalesce(values_1.c19_1, 0) AS "weight_1d",
  c20_1._value AS "byCountry_1d",
  coalesce(values_2.c1_2, 0) AS "refunds_30d"
FROM reads
LEFT JOIN c15_1 ON c15_1._n = reads._n
LEFT JOIN c20_1 ON c20_1._n = reads._n
LEFT JOIN values_1 ON values_1._n = reads._n
LEFT JOIN values_2 ON values_2._n = reads._n
ORDER BY reads._n;

CREATE TABLE "tenon_reads" (
  "n" bigint NOT NULL,
  "tenant" text NOT NULL,
  "key" text NOT NULL,
  "at" bigint NOT NULL,
  "as_of" text,
  "position" bigint
);

WITH
reads AS (
  SELECT
    "n" AS _n,
    "tenant" AS _tenant,
    "key" AS _key,
    "at" AS _t,
    coalesce("position", 9223372036854775807) AS _position_max,
    CASE WHEN "as_of" = 'corrected' THEN 9223372036854775807 ELSE "at" END AS _received_max
  FROM "tenon_reads"
),
rows_1 AS (
  SELECT
    r._n,
    r._t,
    x."_valid_from" AS _at,
    x."_position" AS _position,
    x."tier",
    x."seats",
    x."deleted"
  FROM reads r
  JOIN "tenon_table_plan" x ON x."_tenant" = r._tenant AND x."account" = r._key
  WHERE x."_valid_from" <= r._t AND x."_valid_from" > r._t - 7776000000
    AND x."_position" <= r._position_max AND x."_received_at" <= r._received_max
),
values_1 AS (
  SELECT
    _n,
    (array_agg(CASE WHEN "deleted" THEN NULL ELSE "tier" END ORDER BY _at DESC, _position DESC))[1] AS c1_1,
    (array_agg(CASE WHEN "deleted" THEN NULL ELSE "seats" END ORDER BY _at DESC, _position DESC))[1] AS c2_1
  FROM rows_1
  GROUP BY _n, _t
)
SELECT
  reads._n AS n,
  values_1.c1_1 AS "tier",
  values_1.c2_1 AS "seats"
FROM reads
LEFT JOIN values_1 ON values_1._n = reads._n
ORDER BY reads._n;

CREATE TABLE "tenon_event_payment" (
  "_tenant" text NOT NULL,
  "_position" bigint NOT NULL,
  "_at" bigint NOT NULL,
  "_received_at" bigint NOT NULL,
  "_retracted_position" bigint,
  "_retracted_at" bigint,
  "account" text NOT NULL,
  "cents" bigint NOT NULL,
  "price" numeric,
  "ratio" double precision,
  "country" text,
  "due" bigint NOT NULL,
  "gift" boolean NOT NULL
);

CREATE TABLE "tenon_event_refund" (
  "_tenant" text NOT NULL,
  "_position" bigint NOT NULL,
  "_at" bigint NOT NULL,
  "_received_at" bigint NOT NULL,
  "_retracted_position" bigint,
  "_retracted_at" bigint,
  "account" text NOT NULL,
  "cents" bigint NOT NULL
);

CREATE TABLE "tenon_table_plan" (
  "_tenant" text NOT NULL,
  "_position" bigint NOT NULL,
  "_valid_from" bigint NOT NULL,
  "_received_at" bigint NOT NULL,
  "account" text NOT NULL,
  "tier" text,
  "seats" bigint,
  "deleted" boolean NOT NULL
);
