WITH "t2" AS (
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
)
SELECT
  "t8"."account_id",
  "t8"."recency_days",
  "t8"."frequency",
  "t8"."value_cny",
  "t8"."recency_days_points" AS "recency_points",
  "t8"."frequency_points",
  "t8"."value_cny_points" AS "value_points",
  "t8"."recency_days_points" + "t8"."frequency_points" + "t8"."value_cny_points" AS "rfm_points"
FROM (
  SELECT
    "t4"."account_id",
    "t4"."recency_days",
    "t4"."frequency",
    "t4"."value_cny",
    5 - (
      CAST("t4"."recency_days" > "t7"."recency_days above cut 1" AS BIGINT) + CAST("t4"."recency_days" > "t7"."recency_days above cut 2" AS BIGINT) + CAST("t4"."recency_days" > "t7"."recency_days above cut 3" AS BIGINT) + CAST("t4"."recency_days" > "t7"."recency_days above cut 4" AS BIGINT)
    ) AS "recency_days_points",
    CAST("t4"."frequency" > "t7"."frequency above cut 1" AS BIGINT) + CAST("t4"."frequency" > "t7"."frequency above cut 2" AS BIGINT) + CAST("t4"."frequency" > "t7"."frequency above cut 3" AS BIGINT) + CAST("t4"."frequency" > "t7"."frequency above cut 4" AS BIGINT) + 1 AS "frequency_points",
    CAST(CASE WHEN ISNAN("t4"."value_cny") THEN NULL ELSE "t4"."value_cny" END > "t7"."value_cny above cut 1" AS BIGINT) + CAST(CASE WHEN ISNAN("t4"."value_cny") THEN NULL ELSE "t4"."value_cny" END > "t7"."value_cny above cut 2" AS BIGINT) + CAST(CASE WHEN ISNAN("t4"."value_cny") THEN NULL ELSE "t4"."value_cny" END > "t7"."value_cny above cut 3" AS BIGINT) + CAST(CASE WHEN ISNAN("t4"."value_cny") THEN NULL ELSE "t4"."value_cny" END > "t7"."value_cny above cut 4" AS BIGINT) + 1 AS "value_cny_points"
  FROM "t2" AS "t4"
  CROSS JOIN (
    SELECT
      LIST_EXTRACT("t5"."recency_days_cuts", 1) + (
        (
          ABS(LIST_EXTRACT("t5"."recency_days_cuts", 1)) + 1
        ) * 1e-12
      ) AS "recency_days above cut 1",
      LIST_EXTRACT("t5"."recency_days_cuts", 2) + (
        (
          ABS(LIST_EXTRACT("t5"."recency_days_cuts", 2)) + 1
        ) * 1e-12
      ) AS "recency_days above cut 2",
      LIST_EXTRACT("t5"."recency_days_cuts", 3) + (
        (
          ABS(LIST_EXTRACT("t5"."recency_days_cuts", 3)) + 1
        ) * 1e-12
      ) AS "recency_days above cut 3",
      LIST_EXTRACT("t5"."recency_days_cuts", 4) + (
        (
          ABS(LIST_EXTRACT("t5"."recency_days_cuts", 4)) + 1
        ) * 1e-12
      ) AS "recency_days above cut 4",
      LIST_EXTRACT("t5"."frequency_cuts", 1) + (
        (
          ABS(LIST_EXTRACT("t5"."frequency_cuts", 1)) + 1
        ) * 1e-12
      ) AS "frequency above cut 1",
      LIST_EXTRACT("t5"."frequency_cuts", 2) + (
        (
          ABS(LIST_EXTRACT("t5"."frequency_cuts", 2)) + 1
        ) * 1e-12
      ) AS "frequency above cut 2",
      LIST_EXTRACT("t5"."frequency_cuts", 3) + (
        (
          ABS(LIST_EXTRACT("t5"."frequency_cuts", 3)) + 1
        ) * 1e-12
      ) AS "frequency above cut 3",
      LIST_EXTRACT("t5"."frequency_cuts", 4) + (
        (
          ABS(LIST_EXTRACT("t5"."frequency_cuts", 4)) + 1
        ) * 1e-12
      ) AS "frequency above cut 4",
      LIST_EXTRACT("t5"."value_cny_cuts", 1) + (
        (
          ABS(LIST_EXTRACT("t5"."value_cny_cuts", 1)) + 1
        ) * 1e-12
      ) AS "value_cny above cut 1",
      LIST_EXTRACT("t5"."value_cny_cuts", 2) + (
        (
          ABS(LIST_EXTRACT("t5"."value_cny_cuts", 2)) + 1
        ) * 1e-12
      ) AS "value_cny above cut 2",
      LIST_EXTRACT("t5"."value_cny_cuts", 3) + (
        (
          ABS(LIST_EXTRACT("t5"."value_cny_cuts", 3)) + 1
        ) * 1e-12
      ) AS "value_cny above cut 3",
      LIST_EXTRACT("t5"."value_cny_cuts", 4) + (
        (
          ABS(LIST_EXTRACT("t5"."value_cny_cuts", 4)) + 1
        ) * 1e-12
      ) AS "value_cny above cut 4"
    FROM (
      SELECT
        QUANTILE_CONT("t3"."recency_days", [0.2, 0.4, 0.6, 0.8]) AS "recency_days_cuts",
        QUANTILE_CONT("t3"."frequency", [0.2, 0.4, 0.6, 0.8]) AS "frequency_cuts",
        QUANTILE_CONT(
          CASE WHEN ISNAN("t3"."value_cny") THEN NULL ELSE "t3"."value_cny" END,
          [0.2, 0.4, 0.6, 0.8]
        ) AS "value_cny_cuts"
      FROM "t2" AS "t3"
    ) AS "t5"
  ) AS "t7"
) AS "t8"
