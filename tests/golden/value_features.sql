SELECT
  "t1"."account_id",
  DATE_DIFF('DAY', MAX("t1"."traded_on"), MAKE_DATE(2025, 7, 1)) AS "recency_days",
  COUNT(*) AS "frequency",
  CAST(COALESCE(
    SUM(
      CAST(ROUND(CASE WHEN ISNAN("t1"."amount_cny") THEN 0.0 ELSE "t1"."amount_cny" END * 100, 0) AS BIGINT)
    ),
    0
  ) AS BIGINT) / 100 AS "value_cny"
FROM (
  SELECT
    *
  FROM "transactions" AS "t0"
  WHERE
    "t0"."traded_on" >= MAKE_DATE(2024, 7, 2)
    AND "t0"."traded_on" < MAKE_DATE(2025, 7, 2)
    AND "t0"."account_id" IS NOT NULL
) AS "t1"
GROUP BY
  1
